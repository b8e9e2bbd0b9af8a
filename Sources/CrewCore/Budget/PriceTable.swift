public import ChatModel

/// Published prices of common models, by the exact name under which each is called.
///
/// A name that only resembles a listed one has no price here: guessing would make a budget a guess.
public struct PriceTable: Sendable, Hashable {
    /// A model's price and its names.
    struct Entry: Sendable, Hashable {
        /// Who sells it.
        let provider: String
        /// The names under which it is called, dated snapshots included.
        let names: [String]
        /// What it costs.
        let price: Price
    }

    /// Where the prices come from, with the version.
    public let source: String
    /// The day as of which they were valid, as `YYYY-MM-DD`.
    public let date: String
    private let prices: [String: Price]

    init(source: String, date: String, entries: [Entry]) {
        self.source = source
        self.date = date
        prices = Dictionary(
            entries.flatMap { entry in entry.names.map { ($0, entry.price) } },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The table that comes with this version.
    public static let builtIn = published

    /// The price of the model of exactly that name.
    public func price(for model: String) -> Price? { prices[model] }

    /// The price under which a model is known, also where an endpoint puts the maker's name before its own, as in
    /// `openai/gpt-5-mini`: good enough to doubt another price, not to reckon with.
    public func likelyPrice(for model: String) -> Price? {
        price(for: model) ?? model.split(separator: "/").last.flatMap { price(for: String($0)) }
    }

    /// All names that have a price, sorted.
    public var models: [String] { prices.keys.sorted() }
}

extension ModelDefinition {
    /// What the model costs: its own price, or else the built-in table's for its name; `nil` when neither is known.
    public var effectivePrice: Price? { price ?? (hasListPrice ? PriceTable.builtIn.price(for: model) : nil) }

    /// Whether requests are billed at the published price: a tier of service beyond the usual ones costs more.
    private var hasListPrice: Bool {
        body["service_tier"].map { ["auto", "default", "standard", "flex"].contains($0.stringValue) } ?? true
    }
}
