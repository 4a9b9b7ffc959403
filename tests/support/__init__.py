"""What tests are made with; no test is in here."""
