"""Private linkage: the same persons on two or three owners' lists, through a linkage unit that holds no key. Plain functions; no Django."""

from havre.evidence.stats.linkage.private.agreement import Agreement
from havre.evidence.stats.linkage.private.checking import Vectors, vectors
from havre.evidence.stats.linkage.private.encoding import Encoded, Hardening, encode
from havre.evidence.stats.linkage.private.errors import CannotLink
from havre.evidence.stats.linkage.private.files import compare_files, encode_list, ready, resolve_pairs
from havre.evidence.stats.linkage.private.keys import ExchangeKey, KeyPair
from havre.evidence.stats.linkage.private.persons import People, people
from havre.evidence.stats.linkage.private.unit import Comparison, compare

__all__ = [
    "Agreement",
    "CannotLink",
    "Comparison",
    "Encoded",
    "ExchangeKey",
    "Hardening",
    "KeyPair",
    "People",
    "Vectors",
    "compare",
    "compare_files",
    "encode",
    "encode_list",
    "people",
    "ready",
    "resolve_pairs",
    "vectors",
]
