"""Figures of evidence: a flow map, a trend, a forest plot, in French and English, each with its table and its methods."""

from havre.evidence.stats.figures.flow_map import flow_map
from havre.evidence.stats.figures.forest import forest
from havre.evidence.stats.figures.sheet import Figure, write
from havre.evidence.stats.figures.trend_chart import trend_chart

__all__ = ["Figure", "flow_map", "forest", "trend_chart", "write"]
