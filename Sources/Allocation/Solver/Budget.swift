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

/// Refuses what is not a positive finite number.
func requirePositive(_ value: Double, _ field: String, _ hint: String? = nil) throws {
  guard value > 0, value.isFinite else {
    throw InputError("is not a positive number", field: field, value: "\(value)", hint: hint)
  }
}
