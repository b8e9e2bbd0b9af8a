public import ChatModel

/// What a run, or an agent within a run, may use; what is `nil` is not limited.
///
/// It is written as a list: `[.usd(0.50), .calls(40), .time(.seconds(600))]`.
public struct Limits: Sendable, Hashable, Codable {
    /// Money.
    public var money: Money?
    /// Tokens, read and generated together.
    public var tokens: Int?
    /// Calls of models, the coordinator's and failed ones included.
    public var calls: Int?
    /// Time while the run is executed, in milliseconds.
    public var time: Int?

    /// Makes limits; users write them as a list.
    package init(money: Money? = nil, tokens: Int? = nil, calls: Int? = nil, time: Int? = nil) {
        self.money = money
        self.tokens = tokens
        self.calls = calls
        self.time = time
    }
}
