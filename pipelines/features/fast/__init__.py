"""The fused float32 path: one transform feeds spectrum, envelope and cepstrum; kernels sum in one pass.

Each module is the fast twin of one domain module and computes the statistics of a block of rows; the formulas that turn
statistics into features stand beside the kernel. `block` runs them in an order that reuses the transforms in place.
"""
