"""Static files under the hash of their contents, so that browsers may keep them for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Also follows the `import` of one script by another."""

    support_js_module_import_aggregation = True
