import ArgumentParser
import Isoflop

/// The accelerators that a run uses, what they cost and what they draw.
struct MachineOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many accelerators.", valueName: "n"))
  var accelerators: String?
  @Option(
    help: ArgumentHelp("An accelerator by name, such as h100, for its peak and power.", valueName: "name"),
    completion: Completions.accelerators)
  var accelerator: String?
  @Option(help: ArgumentHelp("Peak FLOPs per second of one, instead of a name.", valueName: "FLOP/s"))
  var peak: String?
  @Option(help: ArgumentHelp("The share of the peak that the FLOPs of M reach (default: 0.4).", valueName: "share"))
  var mfu: String?
  @Option(help: ArgumentHelp("The price of one accelerator for one hour.", valueName: "price"))
  var price: String?
  @Option(help: ArgumentHelp("Watts of one while training (its board power).", valueName: "watts"))
  var watts: String?
  @Option(
    help: ArgumentHelp(
      "The rest of the node, as a factor on the accelerators' power (default: 1).", valueName: "factor"))
  var nodeOverhead: String?
  @Option(help: ArgumentHelp("Power usage effectiveness of the building (default: 1).", valueName: "factor"))
  var pue: String?
  @Option(help: ArgumentHelp("kg of CO2 equivalent per kWh of the grid.", valueName: "kg"))
  var carbon: String?

  private var isNamed: Bool { accelerators != nil || accelerator != nil || peak != nil }

  func machine() throws -> Budget.Machine? {
    guard isNamed else { return nil }
    let known = try accelerator.map { try Accelerator.named($0) }
    let given = try peak.map { try Arguments.positive($0, "--peak", hint: "such as 989e12") }
    guard let peak = given ?? known?.bf16 else {
      throw InputError("is missing", field: "--peak", hint: "name the accelerator, or give its peak: --peak 989e12")
    }
    return try Budget.Machine(
      accelerators: accelerators.map { try Arguments.positive($0, "--accelerators", hint: "such as 512") } ?? 1,
      peak: peak,
      utilisation: mfu.map { try Arguments.share($0, "--mfu", hint: "a share of the peak, such as 0.4") } ?? 0.4,
      accelerator: known)
  }

  /// Time, money, energy and carbon, where a machine is named.
  func economics() throws -> Economics? {
    guard let machine = try machine() else {
      let given = [
        ("--price", price), ("--watts", watts), ("--node-overhead", nodeOverhead), ("--pue", pue), ("--carbon", carbon),
        ("--mfu", mfu),
      ]
      for case (let name, let value?) in given {
        throw InputError("needs an accelerator", field: name, value: value, hint: "add --accelerator h100")
      }
      return nil
    }
    return try Economics(
      machine: machine, watts: watts.map { try Arguments.positive($0, "--watts", hint: "such as 700") },
      nodeOverhead: nodeOverhead.map { try Arguments.positive($0, "--node-overhead", hint: "such as 1.3") } ?? 1,
      powerUsageEffectiveness: pue.map { try Arguments.positive($0, "--pue", hint: "such as 1.1") } ?? 1,
      gridIntensity: carbon.map { try Arguments.positive($0, "--carbon", hint: "such as 0.4") },
      pricePerHour: price.map { try Arguments.positive($0, "--price", hint: "such as 2") })
  }
}

/// What there is to spend: FLOPs, or accelerators for so many hours, or money.
struct BudgetOptions: ParsableArguments {
  @Option(
    name: [.customShort("C"), .long], help: ArgumentHelp("Training compute in FLOPs, such as 1e20.", valueName: "C"))
  var compute: String?
  @Option(help: ArgumentHelp("Wall-clock hours of training, with --accelerators.", valueName: "hours"))
  var hours: String?
  @Option(help: ArgumentHelp("The same in days.", valueName: "days"))
  var days: String?
  @Option(help: ArgumentHelp("Accelerator-hours: of all accelerators together.", valueName: "hours"))
  var acceleratorHours: String?
  @Option(help: ArgumentHelp("Money, with --price.", valueName: "money"))
  var money: String?
  @OptionGroup var machine: MachineOptions

  /// The one budget that is given; nil where none is.
  func budget() throws -> Budget? {
    try Budget.stated(
      Budget.Statement(
        compute: compute.map { try Arguments.positive($0, "--compute") },
        hours: hours.map { try Arguments.positive($0, "--hours", hint: "such as 720") },
        days: days.map { try Arguments.positive($0, "--days", hint: "such as 30") },
        acceleratorHours: acceleratorHours.map {
          try Arguments.amount($0, "--accelerator-hours", hint: "such as 1e6 or 2.788M")
        },
        money: money.map { try Arguments.amount($0, "--money", hint: "such as 1e6 or 150k") },
        pricePerHour: machine.price.map { try Arguments.positive($0, "--price", hint: "such as 2") }),
      on: machine.machine())
  }
}
