// Tensors in and out: from and to typed arrays, over mapped files, their shapes, and their end.
#include <ATen/Functions.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "engine.h"

namespace ssl4rl {
namespace {

struct Bytes {
  void* data = nullptr;
  size_t size = 0;
};

Bytes bytesOf(napi_env env, napi_value view) {
  Bytes bytes;
  napi_typedarray_type type;
  size_t length = 0;
  if (napi_get_typedarray_info(env, view, &type, &length, &bytes.data, nullptr, nullptr) != napi_ok) {
    throw std::runtime_error("expected a typed array");
  }
  static constexpr size_t kWidths[] = {1, 1, 1, 2, 2, 4, 4, 4, 8, 8, 8};  // by napi_typedarray_type
  bytes.size = length * kWidths[type];
  return bytes;
}

// A tensor's dtype and shape as they lie in the buffer: [dtype, dimensions, sizes...].
struct Form {
  at::ScalarType dtype;
  std::vector<int64_t> sizes;
  size_t bytes;
};

Form readForm(const double* in) {
  Form form{static_cast<at::ScalarType>(in[0]), {}, 0};
  for (size_t i = 0; i < static_cast<size_t>(in[1]); i++) form.sizes.push_back(static_cast<int64_t>(in[2 + i]));
  form.bytes = at::elementSize(form.dtype);
  for (const auto size : form.sizes) form.bytes *= static_cast<size_t>(size);
  return form;
}

}  // namespace

Mapping::Mapping(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat facts {};
  if (file < 0 || fstat(file, &facts) != 0) {
    const std::string why = std::strerror(errno);
    if (file >= 0) close(file);
    throw std::runtime_error("cannot open " + path + ": " + why);
  }
  size = static_cast<size_t>(facts.st_size);
  // Private and writable: whoever writes into such a tensor gets a copy of the page, and the file stays as it is.
  void* address = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0);
  const std::string why = std::strerror(errno);
  close(file);
  if (address == MAP_FAILED) throw std::runtime_error("cannot map " + path + ": " + why);
  data = static_cast<char*>(address);
}

Mapping::~Mapping() {
  if (data) munmap(data, size);
}

// buffer: [handle] -> [dtype, device type, device index, requires gradient, dimensions, sizes...]
napi_value meta(Engine& engine, napi_env, napi_callback_info) {
  const auto& tensor = engine.slots.at(engine.buffer[0]);
  double* out = engine.buffer;
  *out++ = static_cast<double>(tensor.scalar_type());
  *out++ = static_cast<double>(tensor.device().type());
  *out++ = tensor.device().index();
  *out++ = tensor.requires_grad();
  *out++ = static_cast<double>(tensor.dim());
  for (const auto size : tensor.sizes()) *out++ = static_cast<double>(size);
  return nullptr;
}

// buffer: [count, handles...]
napi_value release(Engine& engine, napi_env, napi_callback_info) {
  const auto count = static_cast<size_t>(engine.buffer[0]);
  for (size_t i = 1; i <= count; i++) engine.slots.release(engine.buffer[i]);
  return nullptr;
}

// -> [tensors alive]
napi_value live(Engine& engine, napi_env, napi_callback_info) {
  engine.buffer[0] = static_cast<double>(engine.slots.live());
  return nullptr;
}

// (typed array), buffer: [dtype, dimensions, sizes...] -> [handle of a copy]
napi_value fromBytes(Engine& engine, napi_env env, napi_callback_info info) {
  const auto form = readForm(engine.buffer);
  const auto bytes = bytesOf(env, argument(env, info, 0));
  if (bytes.size != form.bytes) throw std::runtime_error("the typed array does not hold as many bytes as the shape asks for");
  auto tensor = at::empty(form.sizes, at::TensorOptions(form.dtype));
  if (bytes.size) std::memcpy(tensor.data_ptr(), bytes.data, bytes.size);
  engine.buffer[0] = engine.slots.put(std::move(tensor));
  return nullptr;
}

// (typed array to fill), buffer: [handle]
napi_value toBytes(Engine& engine, napi_env env, napi_callback_info info) {
  const auto bytes = bytesOf(env, argument(env, info, 0));
  const auto tensor = engine.slots.at(engine.buffer[0]).detach().to(at::kCPU).resolve_conj().contiguous();
  if (bytes.size != tensor.nbytes()) throw std::runtime_error("the typed array does not hold as many bytes as the tensor");
  if (bytes.size) std::memcpy(bytes.data, tensor.data_ptr(), bytes.size);
  return nullptr;
}

// (path) -> [mapping]
napi_value mapFile(Engine& engine, napi_env env, napi_callback_info info) {
  engine.mappings.push_back(std::make_shared<Mapping>(readString(env, argument(env, info, 0))));
  engine.buffer[0] = static_cast<double>(engine.mappings.size() - 1);
  return nullptr;
}

// buffer: [mapping, offset, dtype, dimensions, sizes...] -> [handle of a tensor over the file's own pages]
napi_value mapTensor(Engine& engine, napi_env, napi_callback_info) {
  const auto mapping = engine.mappings.at(static_cast<size_t>(engine.buffer[0]));
  const auto offset = static_cast<size_t>(engine.buffer[1]);
  const auto form = readForm(engine.buffer + 2);
  if (!mapping) throw std::runtime_error("this file was closed");
  if (offset > mapping->size || form.bytes > mapping->size - offset) throw std::runtime_error("reads past the end of the file");
  char* data = mapping->data + offset;
  const auto options = at::TensorOptions(form.dtype);
  at::Tensor tensor;
  if (reinterpret_cast<uintptr_t>(data) % at::elementSize(form.dtype) == 0) {
    tensor = at::from_blob(data, form.sizes, [mapping](void*) {}, options);
  } else {  // kernels may rely on alignment, and the format does not promise it
    tensor = at::empty(form.sizes, options);
    std::memcpy(tensor.data_ptr(), data, form.bytes);
  }
  engine.buffer[0] = engine.slots.put(std::move(tensor));
  return nullptr;
}

// buffer: [mapping]; tensors over it keep it alive
napi_value unmapFile(Engine& engine, napi_env, napi_callback_info) {
  engine.mappings.at(static_cast<size_t>(engine.buffer[0])).reset();
  return nullptr;
}

}  // namespace ssl4rl
