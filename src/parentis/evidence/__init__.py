"""Evidence: figures and sections assembled into packs that people read, print and take apart."""

from parentis.evidence.pack import PACKS, Pack, measures_of, pack, render_pack

__all__ = ["PACKS", "Pack", "measures_of", "pack", "render_pack"]
