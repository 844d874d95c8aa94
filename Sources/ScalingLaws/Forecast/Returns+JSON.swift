import Input

extension Returns {
  /// A budget and seven doublings of it: the loss of each, and what the next doubling gains.
  public func doublings(from compute: Double) -> [JSONObject] {
    var budgets = [compute]
    for _ in 1..<8 { budgets.append(2 * budgets[budgets.count - 1]) }
    return budgets.map {
      JSONObject([
        ("compute", .number($0)), ("loss", .number(curve($0))), ("gain", .number(curve.gainPerDoubling(at: $0))),
      ])
    }
  }

  /// - Parameters:
  ///   - law: the name of the law that these are of.
  ///   - compute: the budget to begin with.
  ///   - reach: what it takes to reach a loss, if one was asked for.
  ///   - undetectable: the budget from which a doubling is lost in a run's noise, if that is known.
  ///   - uneconomic: the budget from which a doubling gains less than it costs, if that is known.
  public func json(
    law: String, from compute: Double, reach: (best: Reach, interval: ClosedRange<Double>?)?, undetectable: Double?,
    uneconomic: Double?
  ) -> JSON {
    var object = JSONObject([
      ("law", .string(law)), ("irreducible", .number(curve.offset)), ("factor_to_halve", .number(factorToHalve)),
      ("doublings", .array(doublings(from: compute).map { .object($0) })),
    ])
    if let reach {
      switch reach.best {
      case .compute(let C): object["compute_to_target"] = .number(C)
      case .never: object["compute_to_target"] = "not reachable"
      }
      object["compute_to_target_interval"] =
        reach.interval.map { [.number($0.lowerBound), .number($0.upperBound)] } ?? .null
    }
    object["undetectable_from"] = .value(undetectable)
    object["uneconomic_from"] = .value(uneconomic)
    return .object(object)
  }
}
