import ChatModel
import CrewCore

/// The other runs of the store, as far as the accounts above the run see them: each takes room and gives some of it back.
struct Spender {
    let path: [SharedAccount]
    /// What its call under way holds.
    var held: Amounts?
    /// How many more times it asks for room.
    var askings: Int
}

extension World {
    func beginSpending() {
        guard !journal.accounts.rows.isEmpty else { return }
        for index in 0..<choices.below(4) {
            let crew = choices.one(of: scenario.created.crew.name, "other")
            spenders.append(Spender(path: SharedAccount.path(ofCrew: crew), askings: choices.one(of: 3, 8, 20)))
            schedule(.spending(index), in: delay())
        }
        if choices.chance(25) { schedule(.raise, in: pause()) }
    }

    /// Another run calls a model, or hears from it.
    func spend(_ index: Int) throws(Violation) {
        var movement = Movement()
        if let held = spenders[index].held {
            movement.released = held
            movement.settled = Amounts(
                money: Money(picodollars: held.money.picodollars / Int64(choices.number(1...4))),
                tokens: held.tokens / choices.number(1...4),
                calls: 1
            )
            if choices.chance(10) { movement.uncertain = Amounts(tokens: held.tokens - movement.settled.tokens) }
            spenders[index].held = nil
        } else {
            guard spenders[index].askings > 0 else { return }
            spenders[index].askings -= 1
            movement.taken = wanted()
        }
        schedule(.spending(index), in: pause())
        do throws(AccountShortage) { try journal.accounts.take(movement, on: spenders[index].path) } catch {
            return note("another run finds no room on the account \(error.account)")
        }
        if movement.taken != .zero { spenders[index].held = movement.taken }
        note("another run holds \(movement.taken.words) and gives \(movement.released.words) back")
        audit.books.spend(movement, on: spenders[index].path)
        try audit.books.checkShared(journal.accounts)
    }

    /// What another run's call may use: some of what is free, or all of it, so that others have to wait.
    private func wanted() -> Amounts {
        let free = journal.accounts.rows.map(\.account.headroom)
        let parts = choices.number(1...3)
        let money = free.compactMap(\.money?.picodollars).min() ?? 0
        let tokens = free.compactMap(\.tokens).min() ?? 0
        return Amounts(money: Money(picodollars: money / Int64(parts)), tokens: tokens / parts, calls: 1)
    }

    /// A person gives the accounts more room.
    func raiseLimits() {
        for index in journal.accounts.rows.indices {
            let more = Limits(money: Money(picodollars: 60_000), tokens: 25_000, calls: 5)
            journal.accounts.raise(index, by: more)
        }
        note("the accounts are given more room")
    }

    /// How long another run is at something: often longer than anybody waits for it.
    private func pause() -> Int64 { choices.one(of: 2_000, 300, 20_000, 90_000) }
}
