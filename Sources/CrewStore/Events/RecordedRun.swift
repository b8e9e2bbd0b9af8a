package import CrewCore
package import Foundation

/// An event as a store has it, of which anything may be missing or wrong.
package struct StoredEvent {
    let sequence: Int64?
    let epoch: Int64?
    let time: Int64?
    let kind: String?
    let payload: Data?
    let hash: Data?

    /// Describes what stands there; `nil` is what is missing or of another type.
    package init(sequence: Int64?, epoch: Int64?, time: Int64?, kind: String?, payload: Data?, hash: Data?) {
        self.sequence = sequence
        self.epoch = epoch
        self.time = time
        self.kind = kind
        self.payload = payload
        self.hash = hash
    }
}

/// What a store's list of runs says of a run, of which anything may be missing or wrong.
package struct RunListing {
    let last: Int64?
    let head: Data?
    let status: String?
    let crew: String?
    let epoch: Int64?
    let started: Int64?
    let updated: Int64?
    let balance: Balance?

    /// Describes what stands there; `nil` is what is missing or of another type.
    package init(
        last: Int64?,
        head: Data?,
        status: String?,
        crew: String?,
        epoch: Int64?,
        started: Int64?,
        updated: Int64?,
        balance: Balance?
    ) {
        self.last = last
        self.head = head
        self.status = status
        self.crew = crew
        self.epoch = epoch
        self.started = started
        self.updated = updated
        self.balance = balance
    }
}

/// A run as it is read from a store, each event checked against the chain of hashes.
package struct RecordedRun {
    private let run: String
    private var chain: EventChain
    /// How many events are sound.
    package private(set) var count: Int64 = 0
    /// The crew's name and the time, as the run's creation says them.
    private var creation: (crew: String, time: Int64)?
    private var lastEpoch: Int64 = 0
    /// How many events only a newer version understands.
    private var newer = 0
    /// The prompts that its events name.
    private var prompts: Set<String> = []
    private var holds = OpenHolds()
    private var change: RunChange

    /// Begins to read a run.
    package init(_ run: String) { self.init(run, after: 0, chain: EventChain(run: run)) }

    /// Begins to read a run after an event of which the hash is known, and nothing else.
    package init(_ run: String, after number: Int, hash: Data) {
        self.init(run, after: number, chain: EventChain(run: run, head: Array(hash)))
    }

    private init(_ run: String, after number: Int, chain: EventChain) {
        self.run = run
        self.chain = chain
        count = Int64(number)
        change = RunChange([], &holds)
    }

    /// What is known of the run now.
    ///
    /// - Parameter flaw: The first thing that is not as it was written.
    package func verification(_ flaw: JournalFlaw?) -> RunVerification {
        RunVerification(
            run: run,
            events: Int(count),
            head: chain.head.hexadecimal,
            newer: newer,
            prompts: prompts,
            flaw: flaw
        )
    }

    /// Checks the next event.
    ///
    /// - Throws: ``JournalFlaw`` when it is not the one that was written.
    package mutating func take(_ stored: StoredEvent) throws(JournalFlaw) -> Event {
        let expected = count + 1
        guard let sequence = stored.sequence, sequence >= expected else {
            throw JournalFlaw(run, stored.sequence ?? expected, .added)
        }
        guard sequence == expected else { throw JournalFlaw(run, expected, .missing) }
        guard let epoch = stored.epoch, let time = stored.time, let kind = stored.kind, let payload = stored.payload,
            let hash = stored.hash
        else { throw JournalFlaw(run, sequence, .changed) }
        var chain = chain
        chain.add(sequence: sequence, epoch: epoch, time: time, kind: kind, payload: payload)
        let isAsWritten = chain.head.elementsEqual(hash)
        var event: Event
        do { event = try JSONDecoder().decode(Event.self, from: payload) } catch {
            throw JournalFlaw(run, sequence, isAsWritten ? .unreadable : .changed, isAsWritten ? "\(error)" : nil)
        }
        if event.sequence != Int(sequence) {
            throw JournalFlaw(run, sequence, .outOfOrder, "event \(event.sequence) stands there")
        }
        guard isAsWritten else { throw JournalFlaw(run, sequence, .changed) }
        guard Self.isTime(time), (1...Int64(Int32.max)).contains(epoch) else {
            throw JournalFlaw(run, sequence, .unreadable, "its time or epoch is none")
        }
        if case .runCreated(let created) = event.fact {
            guard created.run == run else {
                throw JournalFlaw(run, sequence, .unreadable, "it creates another run")
            }
            if creation == nil { creation = (created.crew.name, time) }
        }
        guard event.fact.name == kind else {
            throw JournalFlaw(run, sequence, .unreadable, "another kind of event stands there")
        }
        if case .unknown(let fact) = event.fact {
            let recorded = String(decoding: payload, as: UTF8.self)
            let fact = UnknownFact(type: fact.type, version: fact.version, json: recorded)
            event = Event(sequence: event.sequence, time: event.time, fact: .unknown(fact))
            newer += 1
        }
        if let version = event.fact.prompts, PromptBook.isKept(version) { prompts.insert(version) }
        lastEpoch = epoch
        self.chain = chain
        count = sequence
        change.add(event, &holds)
        return event
    }

    /// Checks that nothing is missing at the end, and that the list of runs says the same.
    ///
    /// - Parameter listing: What it says; `nil` when the run is not in it.
    package func end(_ listing: RunListing?) throws(JournalFlaw) {
        guard let listing, let last = listing.last, let head = listing.head else {
            throw JournalFlaw(run, count, .listing, "the run is not in it")
        }
        if count < last { throw JournalFlaw(run, count + 1, .cutOff) }
        if count > last { throw JournalFlaw(run, last + 1, .added) }
        guard chain.head.elementsEqual(head) else { throw JournalFlaw(run, count, .listing, "its hash is another") }
        // What the events come to is not known where some of them are not understood.
        if newer > 0 { return }
        var balance = Balance()
        balance.take(change.movement)
        guard listing.balance == balance else {
            throw JournalFlaw(run, count, .listing, "what the run has used is not what stands there")
        }
        guard listing.status == (change.status ?? .running).rawValue else {
            throw JournalFlaw(run, count, .listing, "the run's status is another")
        }
        guard listing.crew == creation?.crew, listing.started == creation?.time, listing.updated == change.updated,
            let epoch = listing.epoch, (lastEpoch...Int64(Int32.max)).contains(epoch)
        else { throw JournalFlaw(run, count, .listing, "its crew, its epoch or its times are others") }
    }

    /// Whether a number is a point in time, in milliseconds since 1970 UTC: one of this age.
    package static func isTime(_ milliseconds: Int64) -> Bool { (0..<253_402_300_800_000).contains(milliseconds) }
}
