"""See how recurrent networks work: four ways to wire one cell, trained live, drawn from real numbers."""
