// Batched matrix products over OpenBLAS. Where libtorch has no MKL, as in Debian, it computes a batch one product after
// the other, each by way of several tensors, and lets OpenBLAS cut each of them into threads. The products of attention are
// many and small: the way there and meeting at the end of each cost more than the product. Here OpenBLAS is called for one
// after the other, and every thread takes whole products.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/ops/bmm_cpu_dispatch.h>
#include <ATen/ops/empty.h>
#include <dlfcn.h>
#include <torch/library.h>
#include <torch/version.h>

#include "engine.h"

namespace ssl4rl {
namespace {

using Sgemm = void (*)(const char*, const char*, const int*, const int*, const int*, const float*, const float*,
                       const int*, const float*, const int*, const float*, float*, const int*);
using SetThreads = void (*)(int);

Sgemm sgemm = nullptr;
SetThreads setThreads = nullptr;

// How BLAS is told of the matrices of a batch: rows one after the other, or columns.
struct Layout {
  at::Tensor tensor;
  char transposed;
  int leading;
};

Layout layoutOf(at::Tensor x) {
  const auto rows = x.size(1), columns = x.size(2);
  if (x.stride(2) == 1 && x.stride(1) >= columns) return {x, 'n', static_cast<int>(x.stride(1))};
  if (x.stride(1) == 1 && x.stride(2) >= rows) return {x, 't', static_cast<int>(x.stride(2))};
  return {x.contiguous(), 'n', static_cast<int>(columns)};
}

at::Tensor bmm(const at::Tensor& a, const at::Tensor& b) {
  const int threads = at::get_num_threads();
  const bool ours = a.scalar_type() == at::kFloat && b.scalar_type() == at::kFloat && a.dim() == 3 && b.dim() == 3 &&
                    a.size(0) == b.size(0) && a.size(2) == b.size(1) && a.numel() > 0 && b.numel() > 0;
  // A few large products are better cut up themselves.
  if (!ours || a.size(0) < threads) return at::cpu::bmm(a, b);
  const auto left = layoutOf(a), right = layoutOf(b);
  const int m = a.size(1), k = a.size(2), n = b.size(2);
  auto result = at::empty({a.size(0), m, n}, a.options());
  const float* x = left.tensor.data_ptr<float>();
  const float* y = right.tensor.data_ptr<float>();
  float* z = result.data_ptr<float>();
  const auto stepX = left.tensor.stride(0), stepY = right.tensor.stride(0), stepZ = static_cast<int64_t>(m) * n;
  const float one = 1, zero = 0;
  if (threads > 1) setThreads(1);
  at::parallel_for(0, a.size(0), 1, [&](int64_t begin, int64_t end) {
    for (auto i = begin; i < end; i++) {
      // BLAS counts by columns: zᵀ = yᵀ xᵀ.
      sgemm(&right.transposed, &left.transposed, &n, &m, &k, &one, y + i * stepY, &right.leading, x + i * stepX,
            &left.leading, &zero, z + i * stepZ, &n);
    }
  });
  if (threads > 1) setThreads(threads);
  return result;
}

// libtorch warns that a kernel takes another's place, which is what is meant here.
struct Silent : c10::WarningHandler {
#if TORCH_VERSION_MAJOR >= 2
  void process(const c10::Warning&) override {}
#else
  void process(const c10::SourceLocation&, const std::string&, const bool) override {}
#endif
};
#if TORCH_VERSION_MAJOR >= 2
using c10::WarningUtils::WarningHandlerGuard;
#else
using c10::Warning::WarningHandlerGuard;
#endif

}  // namespace

void setBlasThreads(int count) {
  if (setThreads) setThreads(count);
}

void takeOverBmm() {
  void* blas = dlopen("libblas.so.3", RTLD_LAZY | RTLD_NOLOAD);
  if (!blas) return;
  setThreads = reinterpret_cast<SetThreads>(dlsym(blas, "openblas_set_num_threads"));
  sgemm = reinterpret_cast<Sgemm>(dlsym(blas, "sgemm_"));
  if (setThreads && sgemm && !at::hasMKL()) {
    Silent silent;
    WarningHandlerGuard guard(&silent);
    static torch::Library library(torch::Library::IMPL, "aten", c10::DispatchKey::CPU, __FILE__, __LINE__);
    library.impl("bmm", bmm);
  }
}

}  // namespace ssl4rl
