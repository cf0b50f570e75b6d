"""Networks: one recurrent cell unrolled along any topology, what reads its inputs, and how it writes by itself."""
