// Random numbers, threads, and what this libtorch is.
#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <torch/version.h>

#include <mutex>

#include "engine.h"

namespace ssl4rl {
namespace {

uint64_t readSeed(napi_env env, napi_value value) {
  uint64_t seed = 0;
  bool lossless = false;
  if (napi_get_value_bigint_uint64(env, value, &seed, &lossless) != napi_ok) throw std::runtime_error("a seed is a bigint");
  return seed;
}

}  // namespace

// (seed, device) -> [generator]; each has a stream of its own
napi_value generator(Engine& engine, napi_env env, napi_callback_info info) {
  const auto seed = readSeed(env, argument(env, info, 0));
  const c10::Device device(readString(env, argument(env, info, 1)));
  auto made = at::globalContext().defaultGenerator(device).clone();
  made.set_current_seed(seed);
  size_t index = 0;
  while (index < engine.generators.size() && engine.generators[index].defined()) index++;
  if (index == engine.generators.size()) engine.generators.emplace_back();
  engine.generators[index] = made;
  engine.buffer[0] = static_cast<double>(index);
  return nullptr;
}

// buffer: [generator] -> [handle of its state]
napi_value generatorState(Engine& engine, napi_env, napi_callback_info) {
  engine.buffer[0] = engine.slots.put(engine.generators.at(static_cast<size_t>(engine.buffer[0])).get_state());
  return nullptr;
}

// buffer: [generator, handle of a state]
napi_value setGeneratorState(Engine& engine, napi_env, napi_callback_info) {
  engine.generators.at(static_cast<size_t>(engine.buffer[0])).set_state(engine.slots.at(engine.buffer[1]));
  return nullptr;
}

// buffer: [generator]
napi_value freeGenerator(Engine& engine, napi_env, napi_callback_info) {
  engine.generators.at(static_cast<size_t>(engine.buffer[0])) = at::Generator();
  return nullptr;
}

// (seed): the generators of every device that operators use when given none
napi_value seedAll(Engine&, napi_env env, napi_callback_info info) {
  at::manual_seed(readSeed(env, argument(env, info, 0)));
  return nullptr;
}

// buffer: [threads inside an operator, or 0 to leave them] -> [threads]
napi_value threads(Engine& engine, napi_env, napi_callback_info) {
  // One engine step at a time: threads between operators would only compete with those inside. Can be set only once.
  static std::once_flag once;
  std::call_once(once, [] {
    at::set_num_interop_threads(1);
    takeOverBmm();
  });
  if (const int count = static_cast<int>(engine.buffer[0])) {
    at::set_num_threads(count);
    setBlasThreads(count);
  }
  engine.buffer[0] = at::get_num_threads();
  return nullptr;
}

// -> "version\n1 if CUDA devices can be used\nhow it was built"
napi_value describe(Engine&, napi_env env, napi_callback_info) {
  const auto text = std::string(TORCH_VERSION) + "\n" + (at::hasCUDA() ? "1" : "0") + "\n" + at::show_config();
  napi_value result;
  napi_create_string_utf8(env, text.data(), text.size(), &result);
  return result;
}

}  // namespace ssl4rl
