"""Evidence: figures and sections assembled into packs that people read, print and take apart."""

from parentis.evidence.pack import PACKS, Pack, pack, render_pack

__all__ = ["PACKS", "Pack", "pack", "render_pack"]
