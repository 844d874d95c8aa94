import Input
import ScalingLaws

/// The same budget under several laws: the spread is the message.
public struct LawComparison: Sendable {
  public var compute: Double
  public var rows: [Row]

  public struct Row: Sendable {
    public var law: Law
    public var report: AllocationReport
    /// Parameters of the real shape nearest the law's optimum, scaled to it; nil where there is no shape.
    public var parameters: Double?
  }

  /// Every published law that splits a budget, but those of other modalities than text.
  public static let laws = Law.published.filter { $0.allocates && !($0.id == "aghajanyan_modal" && $0.variant != nil) }

  /// Every law that says how to split a budget (of `laws`), with sizes brought to one unit through the real shape that
  /// each law's optimum comes closest to.
  public init(_ request: AllocationRequest, laws: [Law] = LawComparison.laws) throws {
    compute = request.budget.compute
    rows = []
    let table = request.shapeTable ?? ShapeTable(style: request.style, sequenceLength: request.sequenceLength)
    for law in laws where law.allocates {
      var one = request
      one.shapeTable = table
      one.law = law
      one.hyperparameterLaw = law
      one.architectures = 1
      let report = try one.solve()
      let parameters = report.architectures.first.map { candidate in
        Double(candidate.counted.count.parameters) / candidate.relativeSize
      }
      rows.append(Row(law: law, report: report, parameters: parameters))
    }
  }

  /// Largest over smallest of a quantity over the laws.
  public func spread(_ quantity: (Row) -> Double?) -> Double? {
    let values = rows.compactMap(quantity)
    guard let low = values.min(), let high = values.max(), values.count > 1, low > 0 else { return nil }
    return high / low
  }

  public var json: JSON {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return [
      "compute": .number(compute),
      "laws": .array(
        rows.map { row in
          [
            "law": .string(row.law.name), "status": .string(row.law.status.rawValue),
            "size": .number(row.report.size), "size_unit": .string(row.law.scale.rawValue),
            "M_opt": number(row.report.M),
            "parameters": number(row.parameters), "D_opt": .number(row.report.tokens),
            "learning_rate": number(row.report.learningRate), "batch_tokens": number(row.report.batchTokens),
            "loss": number(row.report.loss?.value),
            "loss_unit": row.report.loss.map { .string($0.unit) } ?? .null,
            "source": .string(row.law.source), "warnings": .array(row.report.warnings.map { .string($0) }),
          ]
        }),
      "spread": [
        "M_opt": number(spread { $0.report.M }), "D_opt": number(spread { $0.report.tokens }),
        "learning_rate": number(spread { $0.report.learningRate }),
        "batch_tokens": number(spread { $0.report.batchTokens }),
      ],
    ]
  }
}
