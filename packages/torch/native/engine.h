// What one JavaScript environment (the main thread or a worker) holds on the native side.
//
// Nothing here is an object per tensor: JavaScript knows a tensor as a small integer, and every number that crosses the
// border goes through one shared Float64Array. A call then costs one native transition and a few memory writes, which
// is what keeps a small operator at the price Python pays for it.
#pragma once

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <node_api.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace ssl4rl {

// A file mapped into memory. Tensors over it share its ownership, so it is unmapped when the last of them dies.
struct Mapping {
  explicit Mapping(const std::string& path);
  ~Mapping();
  Mapping(const Mapping&) = delete;
  char* data = nullptr;
  size_t size = 0;
};

// The tensors JavaScript can name. Slot 0 is never used: a handle of 0 is a tensor that was freed.
class Slots {
 public:
  double put(at::Tensor tensor) {
    if (!tensor.defined()) return kNone;
    if (free_.empty()) {
      tensors_.push_back(std::move(tensor));
      return static_cast<double>(tensors_.size() - 1);
    }
    const uint32_t slot = free_.back();
    free_.pop_back();
    tensors_[slot] = std::move(tensor);
    return slot;
  }

  const at::Tensor& at(double handle) const {
    const auto slot = static_cast<size_t>(handle);
    if (handle < 1 || slot >= tensors_.size() || !tensors_[slot].defined()) {
      throw std::runtime_error(
          "this tensor was freed, by free() or by the end of the scope() it was made in. "
          "Return it from the scope, or call keep() on it, to use it afterwards");
    }
    return tensors_[slot];
  }

  void release(double handle) {
    at(handle);
    tensors_[static_cast<size_t>(handle)].reset();
    free_.push_back(static_cast<uint32_t>(handle));
  }

  size_t live() const { return tensors_.size() - 1 - free_.size(); }

  static constexpr double kNone = -1;  // an undefined tensor, null in JavaScript

 private:
  std::vector<at::Tensor> tensors_{1};
  std::vector<uint32_t> free_;
};

// How one argument crosses the border. `code` spells its type, outermost first:
//   T tensor, i int, f float, b bool, S number of any kind, s string, d device, g generator, [x list of x,
//   ?x x or none, x a type that cannot cross.
// An argument that may be left out or be none is `tagged`: one number before it says which.
struct Argument {
  std::string code;
  bool tagged = false;
  c10::IValue fallback;
};

// How one result crosses. An operator that writes into argument k and returns it gives back no new handle: alias = k.
struct Result {
  std::string code;
  int alias = -1;
};

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Argument> arguments;
  std::vector<Result> results;
};

struct Engine {
  static constexpr size_t kCapacity = 1 << 20;  // numbers in the shared buffer; its pages are touched only when used

  double* buffer = nullptr;
  Slots slots;
  std::vector<Operator> operators;
  std::vector<std::string> strings;
  std::vector<at::Generator> generators;
  std::vector<std::shared_ptr<Mapping>> mappings;
  std::vector<c10::IValue> stack;  // reused by every call, so that calls do not allocate it
};

using Native = napi_value (*)(Engine&, napi_env, napi_callback_info);

// call.cc
napi_value lookup(Engine&, napi_env, napi_callback_info);
napi_value intern(Engine&, napi_env, napi_callback_info);
napi_value call(Engine&, napi_env, napi_callback_info);
// memory.cc
napi_value meta(Engine&, napi_env, napi_callback_info);
napi_value release(Engine&, napi_env, napi_callback_info);
napi_value live(Engine&, napi_env, napi_callback_info);
napi_value fromBytes(Engine&, napi_env, napi_callback_info);
napi_value toBytes(Engine&, napi_env, napi_callback_info);
napi_value mapFile(Engine&, napi_env, napi_callback_info);
napi_value mapTensor(Engine&, napi_env, napi_callback_info);
napi_value unmapFile(Engine&, napi_env, napi_callback_info);
// autograd.cc
napi_value differentiate(Engine&, napi_env, napi_callback_info);
napi_value gradient(Engine&, napi_env, napi_callback_info);
napi_value setGradient(Engine&, napi_env, napi_callback_info);
napi_value setGradMode(Engine&, napi_env, napi_callback_info);
// runtime.cc
napi_value generator(Engine&, napi_env, napi_callback_info);
napi_value generatorState(Engine&, napi_env, napi_callback_info);
napi_value setGeneratorState(Engine&, napi_env, napi_callback_info);
napi_value freeGenerator(Engine&, napi_env, napi_callback_info);
napi_value seedAll(Engine&, napi_env, napi_callback_info);
napi_value threads(Engine&, napi_env, napi_callback_info);
napi_value describe(Engine&, napi_env, napi_callback_info);

// bmm.cc: OpenBLAS, where libtorch takes its matrix products from it. at::set_num_threads does not reach its threads.
void takeOverBmm();
void setBlasThreads(int count);

// addon.cc: reading the few arguments that do not fit the buffer, and the first line of what libtorch has to say.
std::string readString(napi_env env, napi_value value);
napi_value argument(napi_env env, napi_callback_info info, size_t index);
std::string reason(const std::exception& error);

}  // namespace ssl4rl
