// The module Node loads: a table of functions over one Engine per environment.
#include <cstring>

#include "engine.h"

namespace ssl4rl {

std::string readString(napi_env env, napi_value value) {
  size_t length = 0;
  if (napi_get_value_string_utf8(env, value, nullptr, 0, &length) != napi_ok) throw std::runtime_error("expected a string");
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, value, &text[0], length + 1, &length);
  return text;
}

napi_value argument(napi_env env, napi_callback_info info, size_t index) {
  napi_value values[2];
  size_t count = 2;
  napi_get_cb_info(env, info, &count, values, nullptr, nullptr);
  return values[index];
}

std::string reason(const std::exception& error) {
  const auto* torch = dynamic_cast<const c10::Error*>(&error);
  std::string text = torch ? torch->what_without_backtrace() : error.what();
  // Our own messages may have several lines; libtorch's later ones are its C++ stack.
  return torch ? text.substr(0, text.find('\n')) : text;
}

namespace {

// No C++ exception may cross into Node: each becomes a JavaScript error.
template <Native body>
napi_value guarded(napi_env env, napi_callback_info info) {
  void* engine = nullptr;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &engine);
  try {
    return body(*static_cast<Engine*>(engine), env, info);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, reason(error).c_str());
  } catch (...) {
    napi_throw_error(env, nullptr, "libtorch failed without a reason");
  }
  return nullptr;
}

template <Native body>
void define(napi_env env, napi_value exports, const char* name, Engine* engine) {
  napi_value function;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, guarded<body>, engine, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace
}  // namespace ssl4rl

NAPI_MODULE_INIT() {
  using namespace ssl4rl;
  auto* engine = new Engine();
  engine->stack.reserve(64);
  napi_set_instance_data(env, engine, [](napi_env, void* data, void*) { delete static_cast<Engine*>(data); }, nullptr);

  // The buffer is JavaScript's own memory, held here for the life of the environment.
  napi_value memory, view;
  void* data = nullptr;
  napi_ref reference;
  napi_create_arraybuffer(env, Engine::kCapacity * sizeof(double), &data, &memory);
  napi_create_typedarray(env, napi_float64_array, Engine::kCapacity, memory, 0, &view);
  napi_create_reference(env, view, 1, &reference);
  engine->buffer = static_cast<double*>(data);
  napi_set_named_property(env, exports, "buffer", view);

  define<lookup>(env, exports, "lookup", engine);
  define<intern>(env, exports, "intern", engine);
  define<call>(env, exports, "call", engine);
  define<meta>(env, exports, "meta", engine);
  define<release>(env, exports, "release", engine);
  define<live>(env, exports, "live", engine);
  define<fromBytes>(env, exports, "fromBytes", engine);
  define<toBytes>(env, exports, "toBytes", engine);
  define<mapFile>(env, exports, "mapFile", engine);
  define<mapTensor>(env, exports, "mapTensor", engine);
  define<unmapFile>(env, exports, "unmapFile", engine);
  define<differentiate>(env, exports, "differentiate", engine);
  define<gradient>(env, exports, "gradient", engine);
  define<setGradient>(env, exports, "setGradient", engine);
  define<setGradMode>(env, exports, "setGradMode", engine);
  define<generator>(env, exports, "generator", engine);
  define<generatorState>(env, exports, "generatorState", engine);
  define<setGeneratorState>(env, exports, "setGeneratorState", engine);
  define<freeGenerator>(env, exports, "freeGenerator", engine);
  define<seedAll>(env, exports, "seedAll", engine);
  define<threads>(env, exports, "threads", engine);
  define<describe>(env, exports, "describe", engine);
  return exports;
}
