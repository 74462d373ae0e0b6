"""What other systems are told: events of their own, without personal data. A public contract, apart from the log's."""
