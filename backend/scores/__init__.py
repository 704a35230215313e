"""Green scores: models as data, runs, reasons, peers, appeals."""
