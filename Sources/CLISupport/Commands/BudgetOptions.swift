import ArgumentParser
import Isoflop

/// What there is to spend: FLOPs, or accelerators for so many hours.
struct BudgetOptions: ParsableArguments {
  @Option(
    name: [.customShort("C"), .long], help: ArgumentHelp("Training compute in FLOPs, such as 1e20.", valueName: "C"))
  var compute: String?
  @Option(help: ArgumentHelp("How many accelerators.", valueName: "n"))
  var accelerators: String?
  @Option(help: ArgumentHelp("Wall-clock hours of training.", valueName: "hours"))
  var hours: String?
  @Option(help: ArgumentHelp("An accelerator by name, such as h100, for its peak and power.", valueName: "name"))
  var accelerator: String?
  @Option(help: ArgumentHelp("Peak FLOPs per second of one, instead of a name.", valueName: "FLOP/s"))
  var peak: String?
  @Option(help: ArgumentHelp("The share of the peak that training reaches (0.4).", valueName: "share"))
  var mfu: String?
  @Option(help: ArgumentHelp("The price of one accelerator for one hour.", valueName: "price"))
  var price: String?
  @Option(help: ArgumentHelp("Power usage effectiveness of the building (1).", valueName: "factor"))
  var pue: String?
  @Option(help: ArgumentHelp("kg of CO2 equivalent per kWh of the grid.", valueName: "kg"))
  var carbon: String?

  private var namesMachine: Bool { accelerators != nil || accelerator != nil || peak != nil }

  private func machine() throws -> Budget.Machine? {
    guard namesMachine else { return nil }
    let known = try accelerator.map { try Accelerator.named($0) }
    let given = try peak.map { try Arguments.positive($0, "--peak", hint: "such as 989e12") }
    guard let peak = given ?? known?.bf16 else {
      throw InputError("is missing", field: "--peak", hint: "name the accelerator, or give its peak: --peak 989e12")
    }
    return try Budget.Machine(
      accelerators: accelerators.map { try Arguments.positive($0, "--accelerators", hint: "such as 512") } ?? 1,
      peak: peak,
      utilisation: mfu.map { try Arguments.positive($0, "--mfu", hint: "a share of the peak, such as 0.4") } ?? 0.4,
      accelerator: known)
  }

  func budget() throws -> Budget {
    let machine = try machine()
    switch (compute, hours) {
    case (let compute?, nil):
      return try Budget(compute: Arguments.positive(compute, "--compute"), machine: machine)
    case (nil, let hours?):
      guard let machine else {
        throw InputError(
          "needs accelerators", field: "--hours", value: hours, hint: "add --accelerators 512 --accelerator h100")
      }
      return try Budget(machine: machine, hours: Arguments.positive(hours, "--hours", hint: "such as 720"))
    case (nil, nil):
      throw InputError(
        "is missing", field: "--compute",
        hint: "give FLOPs (--compute 1e20), or --accelerators 512 --accelerator h100 --hours 720")
    case (_?, let hours?):
      throw InputError("is given beside --compute", field: "--hours", value: hours, hint: "keep one of the two")
    }
  }

  /// Time, money, energy and carbon, where a machine is named.
  func economics() throws -> Economics? {
    guard let machine = try machine() else {
      for (name, value) in [("--price", price), ("--pue", pue), ("--carbon", carbon), ("--mfu", mfu)] {
        if let value {
          throw InputError("needs an accelerator", field: name, value: value, hint: "add --accelerator h100")
        }
      }
      return nil
    }
    return try Economics(
      machine: machine,
      powerUsageEffectiveness: pue.map { try Arguments.positive($0, "--pue", hint: "such as 1.1") } ?? 1,
      gridIntensity: carbon.map { try Arguments.positive($0, "--carbon", hint: "such as 0.4") },
      pricePerHour: price.map { try Arguments.positive($0, "--price", hint: "such as 2") })
  }
}
