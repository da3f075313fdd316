"""The scale: PyTorch's LAPACK on the same matrix, and how far the eigenvalues of the other solvers are from its own.

  python lapack.py A.f64 VALUES.f64 ...      (values written by solve.ts)
"""

import sys
import time

import numpy as np
import torch

torch.set_num_threads(1)
a = torch.from_numpy(np.fromfile(sys.argv[1]))
d = int(len(a) ** 0.5)
a = a.reshape(d, d)
start = time.process_time()
values, vectors = torch.linalg.eigh(a)
eigh = time.process_time() - start
print(f"d={d} torch eigh {eigh:.2f} s of processor", flush=True)
residual = torch.linalg.norm(a @ vectors - vectors * values) / torch.linalg.norm(a)
orthogonality = torch.linalg.norm(vectors.T @ vectors - torch.eye(d, dtype=a.dtype)) / d**0.5
print(f"residual {residual:.1e} orthogonality {orthogonality:.1e}")
for file in sys.argv[2:]:
    other = torch.sort(torch.from_numpy(np.fromfile(file))).values
    error = (other - values).abs() / values[-1]
    print(f"{file}: largest difference of an eigenvalue / λmax {error.max():.1e}, of the smallest half {error[: d // 2].max():.1e}")
if d <= 2048:
    start = time.process_time()
    torch.linalg.svd(a)
    print(f"torch svd {time.process_time() - start:.2f} s")
