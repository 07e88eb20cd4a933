"""Files in a case: judged by their content, the original sealed as evidence, a clean copy rebuilt for reading.

`kinds` says what a file is and what is refused; `rebuild` is run in a process of its own, without Django, and makes the clean copy;
`cleaning` starts that process; `keeping` seals, opens and lists.
"""
