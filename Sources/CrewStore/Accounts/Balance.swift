package import CrewCore

/// What is settled, held and uncertain, of a run or of an account.
package struct Balance: Sendable, Hashable {
    package var settled = Amounts.zero
    package var held = Amounts.zero
    package var uncertain = Amounts.zero

    /// Begins with nothing.
    package init() {}

    /// Adds another run's.
    package mutating func add(_ other: Balance) {
        settled += other.settled
        held += other.held
        uncertain += other.uncertain
    }

    /// Takes in what events move.
    package mutating func take(_ movement: Movement) {
        settled += movement.settled
        held += movement.taken - movement.released
        uncertain += movement.uncertain
    }
}

extension Balance {
    /// The balance of an account.
    package init(_ account: Ledger.Account) {
        self.init()
        (settled, held, uncertain) = (account.settled, account.held, account.uncertain)
    }
}
