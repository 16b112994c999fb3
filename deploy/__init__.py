"""Setting Leader up and keeping it running on one machine; nothing here is imported by the product."""
