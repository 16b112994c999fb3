"""What a learner or a test sees and switches: pages and a JSON interface."""
