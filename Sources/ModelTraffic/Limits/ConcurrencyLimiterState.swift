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
        var isGone = false
    }

    /// How many may wait: more than that is no queue but a mistake.
    static let longestQueue = 100_000

    private(set) var active = 0
    /// Those that wait, by their numbers, after some that wait no longer.
    private var waiters: [Waiter] = []
    /// The first that may still wait.
    private var first = 0
    private var nextNumber = 0

    /// How many wait.
    private(set) var waiting = 0

    /// Lets a request pass, or queues it behind those that wait.
    ///
    /// - Parameter limit: How many it may be together with those that have a place.
    mutating func admit(limit: Int) -> Admission {
        if waiting == 0, active < limit {
            active += 1
            return .passes
        }
        guard waiting < Self.longestQueue else { return .refused }
        nextNumber += 1
        waiting += 1
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
        if let index = index(of: number), !waiters[index].isGone {
            waiters[index].isGone = true
            waiting -= 1
            // Behind one that waits for long, many may come and go.
            if waiters.count > 64, waiting * 2 < waiters.count - first {
                waiters = waiters[first...].filter { !$0.isGone }
                first = 0
            }
        }
        return advance()
    }

    /// Numbers are given in order, and those that are gone keep their place until the front moves on past them.
    private func index(of number: Int) -> Int? {
        var low = first
        var high = waiters.count
        while low < high {
            let middle = (low + high) / 2
            if waiters[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < waiters.count && waiters[low].number == number ? low : nil
    }

    private mutating func advance() -> [Int] {
        var passing: [Int] = []
        while first < waiters.count {
            let waiter = waiters[first]
            if !waiter.isGone {
                guard active < waiter.limit else { break }
                active += 1
                waiting -= 1
                passing.append(waiter.number)
            }
            first += 1
        }
        // The storage moves on by halves, so that each is moved once at most.
        if first * 2 > waiters.count {
            waiters.removeFirst(first)
            first = 0
        }
        return passing
    }
}
