import CrewKit

extension CrewFile {
    /// A warning for each price that is below the published one, which counts instead.
    var lowPrices: [Diagnostic] {
        crew.models.compactMap { model in
            guard let own = model.price, let published = PriceTable.builtIn.price(for: model.model),
                own.isAnywhereBelow(published)
            else { return nil }
            return diagnostic(
                "the price is below the published one of \(model.model), which counts where it is higher",
                at: ["models", .key(model.name), "price"],
                hint:
                    "if the lower one is right, say so by --trust-prices, or by `trust_prices: true` in your settings",
                severity: .warning
            )
        }
    }
}

extension Diagnostic {
    /// Tells it to people.
    func tell() { StandardStream.diagnostics.say(PrintableText.lines(description)) }
}
