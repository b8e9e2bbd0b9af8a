internal import ChatModel

/// A number as it stands on the wire: digits, a power of ten, nothing rounded.
struct WireNumber {
    private(set) var digits: UInt64 = 0
    /// The power of ten by which the digits are multiplied.
    private(set) var exponent = 0
    private(set) var isNegative = false

    /// Reads a JSON number of at most eighteen digits that count; `nil` for anything else.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        var rest = bytes[...]
        if rest.first == UInt8(ascii: "-") {
            isNegative = true
            rest.removeFirst()
        }
        guard let first = rest.first, Self.isDigit(first), rest.count <= 64 else { return nil }
        var hasPoint = false
        while let byte = rest.first, byte | 0x20 != UInt8(ascii: "e") {
            rest.removeFirst()
            if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else if Self.isDigit(byte) {
                if digits < 100_000_000_000_000_000 {
                    digits = digits * 10 + UInt64(byte - UInt8(ascii: "0"))
                    if hasPoint { exponent -= 1 }
                } else if byte == UInt8(ascii: "0") || hasPoint {
                    // Beyond what any amount needs; digits behind the point change nothing that is counted.
                    if !hasPoint { exponent += 1 }
                } else {
                    return nil
                }
            } else {
                return nil
            }
        }
        if !rest.isEmpty {
            rest.removeFirst()
            guard let power = Int(String(decoding: rest, as: UTF8.self)), (-400...400).contains(power) else {
                return nil
            }
            exponent += power
        }
        while exponent < 0, digits > 0, digits % 10 == 0 {
            digits /= 10
            exponent += 1
        }
    }

    /// The whole number that it is, however it is written: `100`, `100.0`, `1e2`; `nil` beyond 10¹⁵.
    var whole: Int? {
        if digits == 0 { return 0 }
        guard !isNegative, exponent >= 0, exponent < 16 else { return nil }
        var value = digits
        for _ in 0..<exponent {
            guard value < 1_000_000_000_000_000 else { return nil }
            value *= 10
        }
        return value < 1_000_000_000_000_000 ? Int(value) : nil
    }

    /// The number times a power of ten, what is left of a unit rounded up; `nil` when it is negative or too large.
    func scaled(byPowerOfTen power: Int) -> Int64? {
        if digits == 0 { return 0 }
        guard !isNegative else { return nil }
        var value = digits
        var isRoundedUp = false
        let shift = exponent + power
        if shift < -20 { return 1 }
        for _ in 0..<max(0, -shift) {
            isRoundedUp = isRoundedUp || value % 10 > 0
            value /= 10
        }
        for _ in 0..<max(0, shift) {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        return Int64(exactly: value).map { $0.addingWithSaturation(isRoundedUp ? 1 : 0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}

extension Money {
    /// Reads a number of dollars, or of units that have so many decimal places of a dollar, rounded up to a pico-dollar.
    init?(wire bytes: UnsafeBufferPointer<UInt8>, decimalPlaces: Int) {
        guard let amount = WireNumber(bytes)?.scaled(byPowerOfTen: 12 - decimalPlaces) else { return nil }
        self.init(picodollars: amount)
    }
}
