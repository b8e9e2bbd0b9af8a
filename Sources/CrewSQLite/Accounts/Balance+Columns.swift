import ChatModel
import CrewCore
import CrewRuntime
import CrewStore
import GRDB

/// A balance as it stands in a row.
extension Balance {
    /// The columns, in the order of ``values``.
    static let columns = ["settled", "held", "uncertain"].flatMap { part in
        ["money", "tokens", "calls"].map { "\(part)_\($0)" }
    }
    static let list = columns.joined(separator: ", ")
    static let marks = columns.map { _ in "?" }.joined(separator: ", ")
    static let assignments = columns.map { "\($0) = ?" }.joined(separator: ", ")

    /// Reads ``columns``, of which the first has this index; `nil` when they make no sense.
    init?(_ row: Row, from first: Int) {
        self.init(from: first) { row.integer($0) }
    }

    /// Reads ``columns`` of a statement's row likewise.
    init?(_ row: borrowing BoundStatement, from first: Int) {
        self.init(from: first) { row.integer(Int32($0)) }
    }

    private init?(from first: Int, _ integer: (Int) -> Int64?) {
        self.init()
        var numbers: [Int64] = []
        numbers.reserveCapacity(Self.columns.count)
        for index in first..<(first + Self.columns.count) {
            guard let number = integer(index) else { return nil }
            numbers.append(number)
        }
        func amounts(_ part: Int) -> Amounts {
            Amounts(
                money: Money(picodollars: numbers[part * 3]),
                tokens: Int(numbers[part * 3 + 1]),
                calls: Int(numbers[part * 3 + 2])
            )
        }
        (settled, held, uncertain) = (amounts(0), amounts(1), amounts(2))
    }

    var values: [Int64] {
        [settled, held, uncertain].flatMap { [$0.money.picodollars, Int64($0.tokens), Int64($0.calls)] }
    }
}

extension Balance? {
    /// The balance of a run, which must be readable.
    func orDamaged(_ run: String) throws -> Balance {
        guard let self else {
            throw JournalError(.damaged, "run \(run) is damaged: what it has used is unreadable.")
        }
        return self
    }
}
