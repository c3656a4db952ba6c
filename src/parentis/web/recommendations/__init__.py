"""The register of inspection recommendations: who must do what by when, the evidence, the groups that oversee it."""
