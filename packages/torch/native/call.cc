// The heart: one generic call for every operator of libtorch. An operator is found by name in the dispatcher, its
// arguments are read from the shared buffer as its schema says, it runs boxed, and its results go back the same way.
#include <ATen/core/jit_type.h>

#include <sstream>

#include "engine.h"

namespace ssl4rl {
namespace {

// The code of a schema type, as engine.h spells it.
std::string codeOf(const c10::Type& type) {
  switch (type.kind()) {
    case c10::TypeKind::TensorType: return "T";
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType: return "i";
    case c10::TypeKind::FloatType:
    case c10::TypeKind::SymFloatType: return "f";
    case c10::TypeKind::BoolType: return "b";
    case c10::TypeKind::NumberType: return "S";
    case c10::TypeKind::StringType: return "s";
    case c10::TypeKind::DeviceObjType: return "d";
    case c10::TypeKind::GeneratorType: return "g";
    case c10::TypeKind::ListType: return "[" + codeOf(*type.containedTypes().at(0));
    case c10::TypeKind::OptionalType: {
      // A union of none and one type: which of the two comes first is not said.
      for (const auto& inner : type.containedTypes()) {
        if (inner->kind() != c10::TypeKind::NoneType) return "?" + codeOf(*inner);
      }
      return "x";
    }
    default: return "x";
  }
}

// Lists carry their element type; the dispatcher refuses a list of the wrong one, even an empty one.
c10::TypePtr elementType(const char* code) {
  switch (*code) {
    case 'T': return c10::TensorType::get();
    case 'i': return c10::IntType::get();
    case 'f': return c10::FloatType::get();
    case 'b': return c10::BoolType::get();
    case 'S': return c10::NumberType::get();
    case 's': return c10::StringType::get();
    case '?': return c10::OptionalType::create(elementType(code + 1));
    default: throw std::runtime_error("a list of this type cannot be passed from JavaScript");
  }
}

c10::IValue read(const Engine& engine, const char* code, const double*& in) {
  switch (*code) {
    case 'T': return engine.slots.at(*in++);
    case 'i': return static_cast<int64_t>(*in++);
    case 'f': return *in++;
    case 'b': return *in++ != 0;
    case 's': return engine.strings.at(static_cast<size_t>(*in++));
    case 'd': return c10::Device(engine.strings.at(static_cast<size_t>(*in++)));
    case 'g': return engine.generators.at(static_cast<size_t>(*in++));
    case 'S': {
      const char kind = static_cast<char>(*in++);
      const double value = *in++;
      if (kind == 'i') return static_cast<int64_t>(value);
      if (kind == 'b') return value != 0;
      return value;
    }
    case '?': return *in++ == 0 ? c10::IValue() : read(engine, code + 1, in);
    case '[': {
      c10::impl::GenericList list(elementType(code + 1));
      const auto length = static_cast<size_t>(*in++);
      list.reserve(length);
      for (size_t i = 0; i < length; i++) list.push_back(read(engine, code + 1, in));
      return list;
    }
    default: throw std::runtime_error("an argument of this type cannot be passed from JavaScript");
  }
}

void write(Engine& engine, const char* code, const c10::IValue& value, double*& out) {
  if (out + 2 >= engine.buffer + Engine::kCapacity) throw std::runtime_error("the result does not fit the call buffer");
  switch (*code) {
    case 'T': *out++ = value.isNone() ? Slots::kNone : engine.slots.put(value.toTensor()); return;
    case 'i': *out++ = static_cast<double>(value.toInt()); return;
    case 'f': *out++ = value.toDouble(); return;
    case 'b': *out++ = value.toBool(); return;
    case 'S': *out++ = value.toScalar().to<double>(); return;
    case '?':
      *out++ = !value.isNone();
      if (!value.isNone()) write(engine, code + 1, value, out);
      return;
    case '[': {
      const auto items = value.toListRef();
      *out++ = static_cast<double>(items.size());
      for (const auto& item : items) write(engine, code + 1, item, out);
      return;
    }
    default: throw std::runtime_error("a result of this type cannot be passed to JavaScript");
  }
}

void readArguments(Engine& engine, const Operator& op) {
  engine.stack.clear();
  const double* in = engine.buffer + 1;
  for (size_t i = 0; i < op.arguments.size(); i++) {
    const auto& argument = op.arguments[i];
    try {
      // The tag: 0 left out, 1 given, 2 none.
      const double tag = argument.tagged ? *in++ : 1;
      if (tag == 0) engine.stack.push_back(argument.fallback);
      else if (tag == 2) engine.stack.emplace_back();
      else engine.stack.push_back(read(engine, argument.code.c_str(), in));
    } catch (const std::exception& error) {
      throw std::runtime_error("argument '" + op.handle.schema().arguments()[i].name() + "': " + reason(error));
    }
  }
}

// The names dtypes have in JavaScript and Python; libtorch's own are those of C.
std::string nameOf(at::ScalarType dtype) {
  switch (dtype) {
    case at::kByte: return "uint8";
    case at::kInt: return "int32";
    case at::kLong: return "int64";
    case at::kHalf: return "float16";
    case at::kFloat: return "float32";
    case at::kDouble: return "float64";
    case at::kBool: return "bool";
    case at::kBFloat16: return "bfloat16";
    default: return c10::toString(dtype);
  }
}

void print(std::ostream& out, const c10::IValue& value) {
  if (value.isTensor()) {
    const auto& tensor = value.toTensor();
    if (!tensor.defined()) out << "none";
    else out << nameOf(tensor.scalar_type()) << tensor.sizes();
    if (tensor.defined() && !tensor.is_cpu()) out << " on " << tensor.device();
  } else if (value.isList()) {
    const auto items = value.toListRef();
    out << '[';
    for (size_t i = 0; i < items.size() && i < 8; i++) print(out << (i ? ", " : ""), items[i]);
    out << (items.size() > 8 ? ", ...]" : "]");
  } else if (value.isNone()) {
    out << "none";
  } else if (value.isGenerator()) {
    out << "Generator";
  } else {
    out << value;
  }
}

// What a person needs to mend a failed call: the reason, what was passed, and what the operator takes. The arguments
// are read anew, because the operator may have consumed those on the stack.
std::string explain(Engine& engine, const Operator& op, const std::string& why) {
  std::ostringstream out;
  out << op.handle.schema().operator_name() << ": " << why;
  try {
    readArguments(engine, op);
    for (size_t i = 0; i < engine.stack.size(); i++) {
      out << (i ? ", " : "\n  passed: ") << op.handle.schema().arguments()[i].name() << "=";
      print(out, engine.stack[i]);
    }
  } catch (const std::exception&) {
    // An argument that cannot be read is itself the reason.
  }
  out << "\n  schema: " << op.handle.schema();
  return out.str();
}

// The argument a result is, for operators that write into an argument and return it, such as add_ and those with out=.
int aliasOf(const c10::FunctionSchema& schema, const c10::Argument& result) {
  const auto* written = result.alias_info();
  if (!written || !written->isWrite() || codeOf(*result.type()) != "T") return -1;
  for (size_t i = 0; i < schema.arguments().size(); i++) {
    const auto* argument = schema.arguments()[i].alias_info();
    if (argument && argument->isWrite() && argument->beforeSets() == written->beforeSets()) return static_cast<int>(i);
  }
  return -1;
}

[[noreturn]] void refuse(const c10::OperatorName& wanted) {
  std::string known;
  for (const auto& name : c10::Dispatcher::singleton().getAllOpNames()) {
    if (name.name != wanted.name) continue;
    known += (known.empty() ? "" : ", ") + c10::toString(name);
  }
  throw std::runtime_error("no operator " + c10::toString(wanted) + " in this libtorch" +
                           (known.empty() ? "" : ". It has " + known));
}

}  // namespace

// lookup("aten::add.Tensor") fills buffer[0] with the operator's index and returns its schema as lines:
// the schema as libtorch prints it; the results' codes (or @k for argument k given back); then per argument
// "name code tagged fixed-length keyword-only".
napi_value lookup(Engine& engine, napi_env env, napi_callback_info info) {
  const auto text = readString(env, argument(env, info, 0));
  const auto dot = text.find('.');
  const c10::OperatorName name(text.substr(0, dot), dot == std::string::npos ? "" : text.substr(dot + 1));
  auto found = c10::Dispatcher::singleton().findSchema(name);
  if (!found) refuse(name);

  Operator op{*found, {}, {}};
  const auto& schema = found->schema();
  std::ostringstream lines;
  lines << schema << '\n';
  for (const auto& result : schema.returns()) {
    op.results.push_back({codeOf(*result.type()), aliasOf(schema, result)});
    if (op.results.back().alias >= 0) lines << '@' << op.results.back().alias << ' ';
    else lines << op.results.back().code << ' ';
  }
  for (const auto& argument : schema.arguments()) {
    Argument plan{codeOf(*argument.type()), false, {}};
    if (plan.code[0] == '?') plan = {plan.code.substr(1), true, {}};
    if (argument.default_value()) {
      plan.tagged = true;
      plan.fallback = *argument.default_value();
    }
    lines << '\n' << argument.name() << ' ' << plan.code << ' ' << plan.tagged << ' ' << argument.N().value_or(0) << ' '
          << argument.kwarg_only() << ' ' << argument.default_value().has_value();
    op.arguments.push_back(std::move(plan));
  }
  engine.operators.push_back(std::move(op));
  engine.buffer[0] = static_cast<double>(engine.operators.size() - 1);
  const auto out = lines.str();
  napi_value result;
  napi_create_string_utf8(env, out.data(), out.size(), &result);
  return result;
}

// intern("cuda:0") fills buffer[0] with the number that stands for the string from now on.
napi_value intern(Engine& engine, napi_env env, napi_callback_info info) {
  engine.strings.push_back(readString(env, argument(env, info, 0)));
  engine.buffer[0] = static_cast<double>(engine.strings.size() - 1);
  return nullptr;
}

// call() runs operator buffer[0] on the arguments that follow, and leaves its results from buffer[0] on.
napi_value call(Engine& engine, napi_env, napi_callback_info) {
  const auto& op = engine.operators.at(static_cast<size_t>(engine.buffer[0]));
  try {
    readArguments(engine, op);
    op.handle.callBoxed(&engine.stack);
  } catch (const std::exception& error) {
    const auto message = explain(engine, op, reason(error));
    engine.stack.clear();
    throw std::runtime_error(message);
  }
  double* out = engine.buffer;
  for (size_t i = 0; i < op.results.size(); i++) {
    if (op.results[i].alias < 0) write(engine, op.results[i].code.c_str(), engine.stack[i], out);
  }
  engine.stack.clear();  // a result left here would stay alive until the next call
  return nullptr;
}

}  // namespace ssl4rl
