"""From a stage to Google's verdict: mappings, uploads and receipts."""
