public import ChatModel

/// One limit, for writing ``Limits`` as a list: `[.usd(0.50), .calls(40)]`.
public struct Limit: Sendable, Hashable {
    fileprivate let limits: Limits

    /// An exact amount of money.
    public static func money(_ amount: Money) -> Limit { Limit(limits: Limits(money: amount)) }

    /// Dollars, exactly as written.
    ///
    /// - Parameter text: Digits with at most one point and twelve decimal places, such as `0.50`. Any other text allows
    ///   nothing to be spent.
    public static func usd(_ text: String) -> Limit { .money(Money(dollars: text) ?? .zero) }

    /// Dollars, taken for the shortest decimal number that means the same floating-point value: `0.1` is ten cents.
    ///
    /// - Parameter amount: Dollars; what lies beyond the twelfth decimal place is cut off. A negative amount, or one
    ///   that is not a number, allows nothing to be spent.
    public static func usd(_ amount: Double) -> Limit { .money(Money(dollars: amount)) }

    /// Tokens, read and generated together.
    public static func tokens(_ count: Int) -> Limit { Limit(limits: Limits(tokens: count)) }

    /// Calls of models.
    public static func calls(_ count: Int) -> Limit { Limit(limits: Limits(calls: count)) }

    /// Time while the run is executed, to the millisecond.
    public static func time(_ duration: Duration) -> Limit {
        Limit(limits: Limits(time: duration.wholeMilliseconds))
    }
}

extension Limits: ExpressibleByArrayLiteral {
    /// No limits.
    ///
    /// Said apart, because `Limits()` could otherwise mean an empty list just as well.
    public init() { self.init(money: nil) }

    /// Joins limits; of two on the same thing the tighter one holds.
    public init(arrayLiteral elements: Limit...) {
        self.init(money: nil)
        for element in elements { self = tightened(to: element.limits) }
    }

    /// The tighter limit on each thing.
    func tightened(to other: Limits) -> Limits {
        func tighter<Value: Comparable>(_ left: Value?, _ right: Value?) -> Value? {
            guard let left, let right else { return left ?? right }
            return min(left, right)
        }
        return Limits(
            money: tighter(money, other.money),
            tokens: tighter(tokens, other.tokens),
            calls: tighter(calls, other.calls),
            time: tighter(time, other.time)
        )
    }
}

extension Duration {
    /// The whole milliseconds in the duration, at most what an `Int` holds.
    package var wholeMilliseconds: Int {
        let (seconds, attoseconds) = components
        let (product, overflow) = Int(seconds).multipliedReportingOverflow(by: 1_000)
        let (sum, tooLarge) = product.addingReportingOverflow(Int(attoseconds / 1_000_000_000_000_000))
        return overflow || tooLarge ? (seconds < 0 ? .min : .max) : sum
    }
}
