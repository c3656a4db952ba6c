"""The page on which auditors search the audit record. The record itself (`audit`) knows no roles and no pages."""
