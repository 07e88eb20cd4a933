"""Two organisations that merge (globaleaks#4872): accesses, jobs, leads, agreements, periods and offers go on in one act, history stays."""
