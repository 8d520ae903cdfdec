// The parts of autograd that are not operators.
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

#include "engine.h"

namespace ssl4rl {
namespace {

// A handle, or the mark of none for "no gradient given".
at::Tensor maybe(const Engine& engine, double handle) {
  return handle == Slots::kNone ? at::Tensor() : engine.slots.at(handle);
}

}  // namespace

// buffer: [retain graph, create graph, outputs, inputs, outputs..., their gradients or none..., inputs...]
//   no inputs: gradients accumulate in the leaves; else -> [a gradient or none for each input...]
napi_value differentiate(Engine& engine, napi_env, napi_callback_info) {
  const double* in = engine.buffer;
  const bool retain = *in++ != 0;
  const bool create = *in++ != 0;
  const auto outputCount = static_cast<size_t>(*in++);
  const auto inputCount = static_cast<size_t>(*in++);
  torch::autograd::variable_list outputs, gradients, inputs;
  for (size_t i = 0; i < outputCount; i++) outputs.push_back(engine.slots.at(*in++));
  for (size_t i = 0; i < outputCount; i++) gradients.push_back(maybe(engine, *in++));
  for (size_t i = 0; i < inputCount; i++) inputs.push_back(engine.slots.at(*in++));
  if (inputs.empty()) {
    torch::autograd::backward(outputs, gradients, retain, create);
    return nullptr;
  }
  const auto found = torch::autograd::grad(outputs, inputs, gradients, retain, create, /*allow_unused=*/true);
  double* out = engine.buffer;
  for (const auto& gradient : found) *out++ = engine.slots.put(gradient);
  return nullptr;
}

// buffer: [handle, handle of the gradient JavaScript knows or none] -> [that handle while it is still the gradient,
// else a new one, or none]
napi_value gradient(Engine& engine, napi_env, napi_callback_info) {
  const auto& current = engine.slots.at(engine.buffer[0]).grad();
  const double known = engine.buffer[1];
  const bool same = current.defined() && known > 0 && engine.slots.at(known).is_same(current);
  engine.buffer[0] = same ? known : engine.slots.put(current);
  return nullptr;
}

// buffer: [handle, handle of the gradient to set or none]
napi_value setGradient(Engine& engine, napi_env, napi_callback_info) {
  engine.slots.at(engine.buffer[0]).mutable_grad() = maybe(engine, engine.buffer[1]);
  return nullptr;
}

// buffer: [on] -> [what it was]
napi_value setGradMode(Engine& engine, napi_env, napi_callback_info) {
  const bool before = c10::GradMode::is_enabled();
  c10::GradMode::set_enabled(engine.buffer[0] != 0);
  engine.buffer[0] = before;
  return nullptr;
}

}  // namespace ssl4rl
