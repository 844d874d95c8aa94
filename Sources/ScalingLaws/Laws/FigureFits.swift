/// Fits of this project's own to the 109 points read off figure 4(a) of DeepSeek LLM. They are not the paper's: the
/// paper prints no coefficient of the loss.
extension Law {
  /// A parabola of the loss in ln M for each of the eight budgets; lines through the eight vertices, curvatures and
  /// losses. Least squares throughout.
  static let deepSeekFigure4 = Law(
    "deepseek_fig4a", "Fit of this project to DeepSeek LLM's figure 4(a): parabolas per budget",
    source: "points read off figure 4(a) of arXiv 2401.02954", at: "109 points, 8 budgets, parabola of L in ln M",
    .fitted, scale: .flopsPerToken, cost: .modelFLOPs
  ) {
    $0.modelSize = PowerLaw(base: 0.1316037646, exponent: 0.5304668111)
    $0.lossCurve = OffsetPowerLaw(
      offset: 0.4737305646, coefficient: 0.7270971136, gamma: 0.0986893790, unit: 1e18)
    $0.curvature = PowerLaw(base: 49.53330755, exponent: -0.1598906042)
    $0.lossUnit = "bits/byte"
    $0.allocationRange = 1e17...3e20
    $0.curveDraws = FigureDraws.curves
    $0.logNoise = 0.00594  // root mean square over the budgets of a run's scatter about its parabola, over the loss
    $0.notes = [
      "not the paper's own numbers: reading error about 0.0007 bits/byte and 0.5 % in M",
      "the irreducible loss is not identified: 0.40 to 0.79 according to the points kept",
      "beyond 3e20 the curvature, and so every penalty off the optimum, is extrapolated",
    ]
  }

  /// The additive surface on the runs of at least 4000 steps (at eq. 1's batch), squared error of the loss.
  static let deepSeekFigure4Surface = Law(
    "deepseek_fig4a", variant: "surface", "Fit of this project to DeepSeek LLM's figure 4(a): additive surface",
    source: "points read off figure 4(a) of arXiv 2401.02954", at: "86 points of at least 4000 steps, squared error",
    .fitted, scale: .flopsPerToken, cost: .modelFLOPs
  ) {
    $0.surface = LossSurface(
      E: 0.4569077003, A: 13.81879581, B: 28.81862062, alpha: 0.1827176372, beta: 0.1996889239)
    $0.lossUnit = "bits/byte"
    $0.allocationRange = 1e17...3e20
    $0.draws = FigureDraws.surfaces
    $0.logNoise = 0.0094  // residual standard deviation of ln L, 81 degrees of freedom
    $0.notes = [
      "not the paper's own numbers: reading error about 0.0007 bits/byte and 0.5 % in M",
      "with the 23 shorter runs the same fit gives a = 0.7355: short runs bend the surface",
    ]
  }
}
