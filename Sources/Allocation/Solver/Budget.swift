import FLOPCount
import Input

/// What there is to spend on training: FLOPs, and where they come from.
public struct Budget: Sendable, Equatable {
  /// C, in FLOPs.
  public var compute: Double
  /// The machine it was worked out from, where it was.
  public var machine: Machine?

  /// Accelerators, their peak, and the share of it that training reaches.
  public struct Machine: Sendable, Equatable {
    public var accelerators: Double
    /// FLOPs per second of one, dense, at the precision of the training.
    public var peak: Double
    /// Model FLOPs utilisation: the FLOPs of M over peak x time. In (0, 1].
    public var utilisation: Double
    /// The accelerator, where it is one of those known.
    public var accelerator: Accelerator?

    /// - Throws: `InputError` that names the number that is not positive, or an MFU above 1.
    public init(accelerators: Double, peak: Double, utilisation: Double, accelerator: Accelerator? = nil) throws {
      try requirePositive(accelerators, "accelerators", "count them")
      try requirePositive(peak, "peak", "FLOPs per second of one accelerator")
      try requirePositive(utilisation, "mfu", "a share of the peak between 0 and 1, such as 0.4")
      guard utilisation <= 1 else {
        throw InputError("is more than the peak", field: "mfu", value: "\(utilisation)", hint: "40 % is 0.4")
      }
      self.accelerators = accelerators
      self.peak = peak
      self.utilisation = utilisation
      self.accelerator = accelerator
    }

    /// FLOPs per second of all of them at that utilisation.
    public var rate: Double { accelerators * peak * utilisation }
  }

  /// - Throws: `InputError` where C is not a positive finite number.
  public init(compute: Double, machine: Machine? = nil) throws {
    guard compute > 0, compute.isFinite else {
      throw InputError(
        "is not a positive number of FLOPs", field: "compute", value: "\(compute)", hint: "such as 1e20")
    }
    self.compute = compute
    self.machine = machine
  }

  /// Accelerators x hours x peak x MFU.
  public init(machine: Machine, hours: Double) throws {
    try requirePositive(hours, "hours", "wall-clock hours of training")
    try self.init(compute: machine.rate * 3600 * hours, machine: machine)
  }

  /// What money buys: `money` at `price` an accelerator-hour.
  public init(machine: Machine, money: Double, pricePerHour price: Double) throws {
    try requirePositive(money, "money", "in the currency of the price")
    try requirePositive(price, "price", "of one accelerator for one hour")
    try self.init(machine: machine, hours: money / price / machine.accelerators)
  }
}

extension Budget {
  /// The ways to state a budget, of which one is given.
  public struct Statement: Sendable, Equatable {
    public var compute: Double?
    /// Wall-clock hours of training.
    public var hours: Double?
    /// The same in days of 24 hours.
    public var days: Double?
    /// Of all accelerators together.
    public var acceleratorHours: Double?
    public var money: Double?
    /// Of one accelerator for one hour, which `money` needs.
    public var pricePerHour: Double?

    public init(
      compute: Double? = nil, hours: Double? = nil, days: Double? = nil, acceleratorHours: Double? = nil,
      money: Double? = nil, pricePerHour: Double? = nil
    ) {
      self.compute = compute
      self.hours = hours
      self.days = days
      self.acceleratorHours = acceleratorHours
      self.money = money
      self.pricePerHour = pricePerHour
    }
  }

  /// The one budget that is stated; nil where none is.
  ///
  /// - Throws: `InputError` where two are, where hours or money come without accelerators, money without a price, and
  ///   where a number is not positive.
  public static func stated(_ statement: Statement, on machine: Machine?) throws -> Budget? {
    let given = [
      ("compute", statement.compute), ("hours", statement.hours), ("days", statement.days),
      ("accelerator_hours", statement.acceleratorHours), ("money", statement.money),
    ]
    .compactMap { field, amount in amount.map { (field: field, amount: $0) } }
    guard let first = given.first else { return nil }
    guard given.count == 1 else {
      throw InputError("is given beside \(first.field)", field: given[1].field, hint: "keep one of the two")
    }
    if first.field == "compute" { return try Budget(compute: first.amount, machine: machine) }
    guard let machine else {
      throw InputError(
        "needs accelerators", field: first.field, hint: "how many, and which: accelerators 512, accelerator h100")
    }
    switch first.field {
    case "hours": return try Budget(machine: machine, hours: first.amount)
    case "days": return try Budget(machine: machine, hours: 24 * first.amount)
    case "accelerator_hours": return try Budget(machine: machine, hours: first.amount / machine.accelerators)
    default:
      guard let price = statement.pricePerHour else {
        throw InputError(
          "needs the price of an accelerator-hour", field: first.field, hint: "give a price, such as 2")
      }
      return try Budget(machine: machine, money: first.amount, pricePerHour: price)
    }
  }
}

/// Refuses what is not a positive finite number.
func requirePositive(_ value: Double, _ field: String, _ hint: String? = nil) throws {
  guard value > 0, value.isFinite else {
    throw InputError("is not a positive number", field: field, value: "\(value)", hint: hint)
  }
}
