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

    /// Adds kind by kind; what is beyond the largest number is held at it, so that a limit is never passed unseen.
    public static func + (left: Amounts, right: Amounts) -> Amounts {
        Amounts(
            money: left.money + right.money,
            tokens: left.tokens.addingWithSaturation(right.tokens),
            calls: left.calls.addingWithSaturation(right.calls)
        )
    }

    /// Subtracts kind by kind; what has reached the largest number was lost count of, and stays there.
    public static func - (left: Amounts, right: Amounts) -> Amounts {
        Amounts(
            money: left.money - right.money,
            tokens: left.tokens.lessened(by: right.tokens),
            calls: left.calls.lessened(by: right.calls)
        )
    }
}

/// What a limit counts.
public enum LimitKind: String, Sendable, Hashable, Codable, CaseIterable {
    case money, tokens, calls, time, instructions
}
