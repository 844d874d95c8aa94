import Input

/// What a training run takes beside FLOPs: time, accelerator-hours, money, energy, carbon.
///
/// Accelerator-hours = C / (3600 peak MFU); energy = accelerator-hours x watts x overhead x PUE; carbon = energy x grid
/// intensity. Embodied carbon is not in it.
public struct Economics: Sendable, Equatable {
  public var machine: Budget.Machine
  /// Watts of one accelerator while training; its board power unless said otherwise.
  public var watts: Double?
  /// The rest of the node, as a factor on the accelerators' power: 1 counts boards alone.
  public var nodeOverhead: Double
  /// Power usage effectiveness of the building: 1 counts no cooling.
  public var powerUsageEffectiveness: Double
  /// kg of CO2 equivalent per kWh.
  public var gridIntensity: Double?
  /// Of one accelerator for one hour.
  public var pricePerHour: Double?

  public init(
    machine: Budget.Machine, watts: Double? = nil, nodeOverhead: Double = 1, powerUsageEffectiveness: Double = 1,
    gridIntensity: Double? = nil, pricePerHour: Double? = nil
  ) throws {
    if let watts { try requirePositive(watts, "watts", "of one accelerator") }
    if let gridIntensity, !(gridIntensity >= 0 && gridIntensity.isFinite) {
      throw InputError("is not a grid intensity", field: "carbon", value: "\(gridIntensity)", hint: "kg CO2e per kWh")
    }
    if let pricePerHour { try requirePositive(pricePerHour, "price", "of one accelerator for one hour") }
    for (name, factor) in [("node_overhead", nodeOverhead), ("pue", powerUsageEffectiveness)] {
      guard factor >= 1, factor.isFinite else {
        throw InputError("is not a factor of at least 1", field: name, value: "\(factor)", hint: "such as 1.1")
      }
    }
    self.machine = machine
    self.watts = watts ?? machine.accelerator?.watts
    let ofEnergy = [
      ("node_overhead", nodeOverhead != 1), ("pue", powerUsageEffectiveness != 1), ("carbon", gridIntensity != nil),
    ]
    for (field, isGiven) in ofEnergy where isGiven && self.watts == nil {
      throw InputError("needs the watts of an accelerator", field: field, hint: "give watts, or an accelerator by name")
    }
    self.nodeOverhead = nodeOverhead
    self.powerUsageEffectiveness = powerUsageEffectiveness
    self.gridIntensity = gridIntensity
    self.pricePerHour = pricePerHour
  }

  /// What every bill is worked out with, for the reader of a bill.
  public var assumptions: JSONObject {
    func number(_ value: Double?) -> JSON { value.map { .number($0) } ?? .null }
    return JSONObject([
      ("accelerators", .number(machine.accelerators)), ("peak", .number(machine.peak)),
      ("mfu", .number(machine.utilisation)), ("watts", number(watts)), ("node_overhead", .number(nodeOverhead)),
      ("pue", .number(powerUsageEffectiveness)), ("grid_kg_per_kwh", number(gridIntensity)),
      ("price_per_hour", number(pricePerHour)),
    ])
  }

  /// What `compute` FLOPs take.
  public func bill(compute: Double) -> Bill {
    let hours = compute / (3600 * machine.peak * machine.utilisation)
    let energy = watts.map { hours * $0 / 1000 * nodeOverhead * powerUsageEffectiveness }
    return Bill(
      acceleratorHours: hours, seconds: compute / machine.rate, cost: pricePerHour.map { hours * $0 },
      kilowattHours: energy, kilogramsCO2: energy.flatMap { e in gridIntensity.map { e * $0 } })
  }

  /// Time, money, energy, carbon; nil where what they follow from was not stated.
  public struct Bill: Sendable, Equatable {
    public var acceleratorHours: Double
    /// Wall-clock time.
    public var seconds: Double
    public var cost: Double?
    public var kilowattHours: Double?
    public var kilogramsCO2: Double?

    public var json: JSON {
      var object = JSONObject([
        ("accelerator_hours", .number(acceleratorHours)), ("seconds", .number(seconds)),
      ])
      object["cost"] = cost.map { .number($0) } ?? .null
      object["energy_kwh"] = kilowattHours.map { .number($0) } ?? .null
      object["co2e_kg"] = kilogramsCO2.map { .number($0) } ?? .null
      return .object(object)
    }
  }

  /// The MFU of a run from what it took: FLOPs over accelerator-hours x peak.
  public static func utilisation(compute: Double, acceleratorHours: Double, peak: Double) -> Double {
    compute / (acceleratorHours * 3600 * peak)
  }
}
