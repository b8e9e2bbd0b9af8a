/// Who has a place at an endpoint and who waits for one; nothing waits here.
struct ConcurrencyLimiterState: Sendable {
    /// What becomes of a request.
    enum Admission: Sendable, Hashable {
        /// It passes now, and has a place.
        case passes
        /// It waits under this number.
        case waits(Int)
        /// Too many wait already.
        case refused
    }

    private struct Waiter: Sendable {
        let number: Int
        let limit: Int
    }

    /// How many may wait: more than that is no queue but a mistake.
    static let longestQueue = 100_000

    private(set) var active = 0
    private var waiters: [Waiter] = []
    private var nextNumber = 0

    /// How many wait.
    var waiting: Int { waiters.count }

    /// Lets a request pass, or queues it behind those that wait.
    ///
    /// - Parameter limit: How many it may be together with those that have a place.
    mutating func admit(limit: Int) -> Admission {
        if waiters.isEmpty, active < limit {
            active += 1
            return .passes
        }
        guard waiters.count < Self.longestQueue else { return .refused }
        nextNumber += 1
        waiters.append(Waiter(number: nextNumber, limit: limit))
        return .waits(nextNumber)
    }

    /// Gives a place back.
    ///
    /// - Returns: Those that pass now, in the order in which they came.
    mutating func leave() -> [Int] {
        active -= 1
        return advance()
    }

    /// Removes a waiter that gave up, if it still waits.
    ///
    /// - Returns: Those that pass now that it no longer stands in their way.
    mutating func remove(_ number: Int) -> [Int] {
        waiters.removeAll { $0.number == number }
        return advance()
    }

    private mutating func advance() -> [Int] {
        var passing: [Int] = []
        for waiter in waiters {
            guard active < waiter.limit else { break }
            active += 1
            passing.append(waiter.number)
        }
        waiters.removeFirst(passing.count)
        return passing
    }
}
