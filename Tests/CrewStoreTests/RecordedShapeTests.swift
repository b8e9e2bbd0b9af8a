import ChatModel
import CrewTesting
import Foundation
import Testing

@testable import CrewCore
@testable import CrewSQLite
@testable import CrewStore

/// What is recorded is read by those who know fewer members of it, and by those who know more.
@Suite(.timeLimit(.minutes(2)))
struct RecordedShapeTests {
    /// Where a member stands in an event: its names, `*` for the elements of an array and for what is called by name.
    private typealias Path = [String]

    /// The objects of which each member is called by a name that the crew chose.
    private static let named: [Path] = [["tools"], ["dialects"]]

    /// The events of golden stores.
    private func payloads(_ stores: [GoldenStore]) async throws -> [JSONValue] {
        var payloads: [JSONValue] = []
        for golden in stores {
            let directory = try TemporaryFolder()
            let store = try golden.copy(in: directory)
            for run in try await store.runs() {
                payloads += try await store.events(of: run.run).map { try JSONValue(parsing: EncodedEvent($0).payload) }
            }
            await store.close()
        }
        return payloads
    }

    /// What kind of event it is, and of which kind what it says is.
    private static func kind(_ payload: JSONValue) -> String {
        [payload["type"], payload["instruction"]?["kind"]].compactMap { $0?.stringValue }.joined(separator: " ")
    }

    private func read(_ json: JSONValue) throws -> Event {
        try JSONDecoder().decode(Event.self, from: Data(json.jsonText.utf8))
    }

    @Test func whatANewerCrewAddsToWhatIsKnownIsPassedOver() async throws {
        for payload in try await payloads(GoldenStore.all) {
            let event = try read(payload)
            // A signal that is not understood is kept whole.
            if case .signalReceived(let said) = event.fact, case .unknown = said.signal { continue }
            let added = payload.addingMembers(except: Self.named)
            #expect(added != payload)
            #expect(try read(added) == event, "\(event.fact.name)")
        }
    }

    @Test func whatWasAddedSinceTheFirstShapeHasADefault() async throws {
        var known: [String: Set<Path>] = [:]
        for payload in try await payloads(GoldenStore.second) {
            known[Self.kind(payload), default: []].formUnion(payload.paths(except: Self.named))
        }
        // Samples have every member that there is today.
        let today = try Samples.events(Samples.facts("r")).map { try JSONValue(parsing: EncodedEvent($0).payload) }
        var without = 0
        for payload in try await payloads(GoldenStore.recent) + today {
            // Of what never occurred in the first shape nobody can tell what was added.
            guard let first = known[Self.kind(payload)] else { continue }
            for path in payload.paths(except: Self.named) where !first.contains(path) {
                // Within what was added as a whole, everything may be needed.
                guard path.indices.dropFirst().allSatisfy({ first.contains(Array(path.prefix($0))) }) else { continue }
                without += 1
                #expect(throws: Never.self, "\(path) of \(Self.kind(payload))") {
                    _ = try read(payload.removing(path[...], except: Self.named))
                }
            }
        }
        #expect(without > 10)
    }
}

extension JSONValue {
    /// The paths of all members within it.
    fileprivate func paths(_ place: [String] = [], except named: [[String]]) -> Set<[String]> {
        switch self {
        case .object(let members):
            members.reduce(into: []) { paths, member in
                let path = place + [named.contains(place) ? "*" : member.key]
                paths.insert(path)
                paths.formUnion(member.value.paths(path, except: named))
            }
        case .array(let elements):
            elements.reduce(into: []) { $0.formUnion($1.paths(place + ["*"], except: named)) }
        default: []
        }
    }

    /// The document without the members at a path.
    fileprivate func removing(_ path: ArraySlice<String>, _ place: [String] = [], except named: [[String]]) -> JSONValue
    {
        guard let name = path.first else { return self }
        switch self {
        case .object(let members):
            var rest = JSONObject()
            for (key, value) in members {
                let step = named.contains(place) ? "*" : key
                if step != name {
                    rest[key] = value
                } else if path.count > 1 {
                    rest[key] = value.removing(path.dropFirst(), place + [step], except: named)
                }
            }
            return .object(rest)
        case .array(let elements):
            return .array(elements.map { $0.removing(path.dropFirst(), place + ["*"], except: named) })
        default: return self
        }
    }

    /// The document with further members in each of its objects.
    fileprivate func addingMembers(_ place: [String] = [], except named: [[String]]) -> JSONValue {
        switch self {
        case .object(let members):
            var more = JSONObject()
            if !named.contains(place) { more["another"] = ["a": [1, nil, "x"]] }
            for (key, value) in members {
                more[key] = value.addingMembers(place + [named.contains(place) ? "*" : key], except: named)
            }
            if !named.contains(place) { more["zzz"] = true }
            return .object(more)
        case .array(let elements): return .array(elements.map { $0.addingMembers(place + ["*"], except: named) })
        default: return self
        }
    }
}
