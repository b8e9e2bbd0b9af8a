// A program beside the tests: what it does to a store, another process sees, kills, or mounts.
import CrewCore
import CrewRuntime
import CrewSQLite
import CrewStore
import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 2 else {
    say(
        "usage: crew-store-probe append|hold|resume|hear|read|runs|crowd|spend|begin|measure|measure-traffic DIRECTORY [RUN] [COUNT]"
    )
    exit(2)
}
let store = SQLiteStore(directory: arguments[1])
let run = arguments.count > 2 ? arguments[2] : "r"
let count = arguments.count > 3 ? Int(arguments[3]) ?? 0 : 0

do {
    switch arguments[0] {
    case "append":
        let lease = try await store.create(run, [try Sample.created(run)])
        try await append(count, from: 2, lease)
    case "hold":
        let (lease, events) = try await store.open(run)
        say("held \(lease.epoch) \(events.count)")
        var next = events.count + 1
        while let line = readLine() {
            do {
                try await store.append([Sample.event(next)], lease)
                next += 1
                say("appended \(line)")
            } catch {
                say("refused \(error.code.rawValue)")
            }
        }
    case "resume":
        let (lease, events) = try await store.open(run)
        try await append(count, from: events.count + 1, lease)
    case "hear":
        let lease = try await store.create(run, [try Sample.created(run)])
        say("durable 1")
        var next = 2
        while true {
            for said in try await store.signals(to: run) {
                let fact = Fact.signalReceived(
                    SignalReceived(number: said.number, signal: said.signal, said: said.time)
                )
                try await store.append([Event(sequence: next, time: 9, fact: fact)], lease)
                say("durable \(next)")
                next += 1
            }
        }
    case "read": say("read \(try await store.events(of: run).count)")
    case "runs": say("runs \(try await store.runs().count)")
    case "crowd":
        for number in 1...count {
            _ = try await store.create("\(run)-\(number)", [try Sample.created("\(run)-\(number)")])
            try await store.limit(.project, to: Limits(calls: 1_000 + number))
        }
        say("created \(count)")
    case "spend": try await spend(store, run, calls: count)
    case "begin": try await begin(store, run)
    case "measure": try await measure(store)
    case "measure-traffic": try await measureTraffic()
    default: exit(2)
    }
} catch let error as JournalError {
    say("error \(error.code.rawValue): \(error.message)")
    exit(1)
}

/// Appends one by one and says so after each.
func append(_ count: Int, from first: Int, _ lease: Lease) async throws {
    say("durable \(first - 1)")
    for sequence in first..<(first + count) {
        try await store.append([Sample.event(sequence)], lease)
        say("durable \(sequence)")
    }
}

/// Prints a line at once, so that it is out before the next thing happens.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}
