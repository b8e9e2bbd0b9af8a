public import ChatModel

/// Quantities of everything a budget counts.
public struct Amounts: Sendable, Hashable, Codable {
    /// Money.
    public var money: Money
    /// Tokens, read and generated.
    public var tokens: Int
    /// Attempts at model calls.
    public var calls: Int

    /// Makes quantities.
    public init(money: Money = .zero, tokens: Int = 0, calls: Int = 0) {
        self.money = money
        self.tokens = tokens
        self.calls = calls
    }
}

extension Amounts: AdditiveArithmetic {
    /// Nothing of anything.
    public static let zero = Amounts()

    /// Adds kind by kind.
    public static func + (left: Amounts, right: Amounts) -> Amounts {
        Amounts(money: left.money + right.money, tokens: left.tokens + right.tokens, calls: left.calls + right.calls)
    }

    /// Subtracts kind by kind.
    public static func - (left: Amounts, right: Amounts) -> Amounts {
        Amounts(money: left.money - right.money, tokens: left.tokens - right.tokens, calls: left.calls - right.calls)
    }
}

/// What a limit counts.
public enum LimitKind: String, Sendable, Hashable, Codable {
    case money, tokens, calls, time, instructions
}
