import Isoflop

/// The functions that `isoflop_call` knows, by name.
enum Call {
  typealias Function = @Sendable (Request, Control?) throws -> JSON

  static let all: [String: Function] = [
    "count": { request, _ in try request.count() },
    "attention": { request, _ in try request.attention() },
    "compare": { request, _ in try request.compare() },
    "memory": { request, _ in try request.memory() },
    "mfu": { request, _ in try request.utilisation() },
    "sweep": { try $0.sweep($1) },
    "merge": { request, _ in try request.merge() },
    "fit": { try $0.fit($1) },
    "bootstrap": { try $0.bootstrap($1) },
    "allocate": { try $0.allocate($1) },
    "size": { request, _ in try request.rankShapes() },
    "plan": { try $0.plan($1) },
    "predict": { request, _ in try request.predict() },
    "watch": { request, _ in try request.watch() },
    "laws": { request, _ in try request.laws() },
    "machine": { request, _ in try request.machine() },
    "models": { request, _ in try request.models() },
    "families": { request, _ in try request.families() },
    "conventions": { request, _ in try request.conventions() },
    "version": { request, _ in try request.version() },
  ]

  static func named(_ name: String) throws -> Function {
    guard let function = all[name] else {
      throw InputError(
        "is no function of isoflop_call", field: "function", value: name,
        hint: suggestion(for: name, among: all.keys.sorted()))
    }
    return function
  }
}

extension Request {
  /// Runs `body`; who holds the control sees how far its fits and simulations are, and can stop them.
  func watched(by control: Control?, _ body: () throws -> JSON) throws -> JSON {
    guard let control else { return try body() }
    if control.flag.isCancelled { throw Cancelled() }
    return try WorkProgress.watch(
      { control.report($0) }, cancelledBy: { control.flag.isCancelled }, body)
  }
}
