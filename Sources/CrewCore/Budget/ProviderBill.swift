public import ChatModel

/// What providers say that calls cost, beside what the same calls cost by the prices pinned with them.
///
/// Some endpoints tell with an answer what they charge for it. Of each such call the dearer of the two counts against the
/// limits; that they differ is told, since the price may be old or the endpoint wrong.
public struct ProviderBill: Sendable, Hashable {
    /// How many calls it is about.
    public internal(set) var calls = 0
    /// What the providers say.
    public internal(set) var billed = Money.zero
    /// What the tokens cost by the price of their model; nothing where none is known.
    public internal(set) var reckoned = Money.zero

    /// Whether they are further apart than rounding explains: a hundredth, and a millionth of a dollar a call.
    public var differs: Bool {
        let apart = max(billed, reckoned) - min(billed, reckoned)
        let rounding = Int64(1_000_000).multipliedWithSaturation(by: Int64(calls))
        return apart.picodollars > max(max(billed, reckoned).picodollars / 100, rounding)
    }

    mutating func add(_ said: Money, reckoned: Money) {
        calls += 1
        billed += said
        self.reckoned += reckoned
    }
}
