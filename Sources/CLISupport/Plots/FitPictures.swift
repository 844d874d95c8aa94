import Isoflop

/// The pictures of `isoflop fit`.
enum FitPicture: String, CaseIterable {
  case profiles, loss, confidence, grids, hyperparameters

  /// - Returns: nil where none is named.
  init?(_ name: String?, isDrawn: Bool) throws {
    guard let name else { return nil }
    guard isDrawn else {
      throw InputError("needs --plot", field: "--picture", value: name, hint: "such as --plot \(name).svg")
    }
    self = try Choice.of(name, "--picture", FitPicture.allCases)
  }
}

extension FitReport {
  /// The pictures of what was fitted, the most telling ones first.
  func pictures() throws -> [Picture] {
    var pictures: [Picture] = []
    if let isoFLOP, let runs = isoFLOPRuns {
      pictures += [.profiles(isoFLOP, of: runs), .lossCurve(isoFLOP, of: runs, at: at)]
    }
    if let parametric, let runs = parametricRuns { pictures.append(try .confidence(parametric, of: runs)) }
    if let isoFLOP { pictures.append(.confidence(isoFLOP)) }
    if let hyperparameters, let runs = hyperparameterRuns {
      // Runs that vary one of the two alone have laws, and no grid.
      if let grids = try? Picture.grids(hyperparameters, of: runs) { pictures.append(grids) }
      pictures.append(.hyperparameterLaws(hyperparameters, of: runs))
    }
    // A picture needs something in it.
    return pictures.filter { !$0.panels.isEmpty }
  }

  /// One of them, or the first.
  func picture(_ kind: FitPicture?) throws -> Picture {
    let pictures = try pictures()
    guard let kind else {
      guard let first = pictures.first else {
        throw InputError(
          "has no picture of this fit", field: "--plot",
          hint: "--isoflop, --parametric and --hyperparameters have pictures, without --group")
      }
      return first
    }
    guard let found = pictures.first(where: { $0.name == kind.rawValue }) else {
      let names = pictures.map(\.name).joined(separator: ", ")
      throw InputError(
        "is no picture of this fit", field: "--picture", value: kind.rawValue,
        hint: names.isEmpty ? "--isoflop, --parametric and --hyperparameters have pictures" : "there are: \(names)")
    }
    return found
  }
}
