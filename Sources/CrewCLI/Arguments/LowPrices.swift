import CrewKit
import CrewReport

extension CrewFile {
    /// A warning for each price that is below the published one, which counts instead.
    var lowPrices: [Diagnostic] {
        crew.tree.flatMap { node in node.crew.models.compactMap { lowPrice(of: $0, at: node.place) } }
    }

    private func lowPrice(of model: ModelDefinition, at place: [CrewProblem.PathElement]) -> Diagnostic? {
        guard let own = model.price else { return nil }
        let problem: String
        if let published = PriceTable.builtIn.likelyPrice(for: model.model) {
            guard own.isAnywhereBelow(published) else { return nil }
            problem = "the price is below the published one of \(model.model), which counts where it is higher"
        } else {
            guard model.isUnlikelyFree else { return nil }
            problem = "a price of nothing is not believed where a provider bills, and counts as unknown"
        }
        return diagnostic(
            problem,
            at: place + ["models", .key(model.name), "price"],
            hint:
                "if the lower one is right, say so by --trust-prices, or by `trust_prices: true` in your settings",
            severity: .warning
        )
    }
}

extension Diagnostic {
    /// Tells it to people.
    func tell() { StandardStream.diagnostics.say(PrintableText.lines(description)) }
}
