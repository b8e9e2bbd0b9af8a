import ChatModel

/// Something that is said to a run by one who does not execute it.
///
/// ```swift
/// try await engine.signal(.cancel, to: run)
/// try await engine.signal(.limit([.usd(2)]), to: run)
/// ```
///
/// Indirect, since each run keeps room for one.
public indirect enum Signal: Sendable, Hashable {
    /// Stop now: what is under way is given up, and counts as what it may cost. What was accepted is kept, and the run can
    /// be resumed.
    case cancel
    /// Begin nothing more, let what is under way end, and stop then. The run can be resumed.
    case pause
    /// Other limits, and how many instructions the coordinator may issue in all; what is `nil` stays as it was.
    ///
    /// They hold from the moment in which the run takes them in. None becomes less than what is used, held or may have been
    /// used by then.
    case limit(Limits, instructions: Int? = nil)
    /// Something that only a newer version can say: it is kept as it was said, and changes nothing.
    case unknown(UnknownSignal)
}

/// A signal that this version does not know.
public struct UnknownSignal: Sendable, Hashable {
    /// Its kind.
    public let kind: String
    /// All of it as it was said, a JSON object.
    public let json: String

    /// Describes a signal.
    package init(kind: String, json: String) {
        self.kind = kind
        self.json = json
    }
}

/// A signal as it waits to be taken in.
public struct SaidSignal: Sendable, Hashable {
    /// Its number: later ones are larger, and none is given twice.
    public let number: Int
    /// The signal.
    public let signal: Signal
    /// Who said it, where that is known.
    public let speaker: String?
    /// When it was said, in milliseconds since 1970 UTC.
    public let time: Int64

    /// Describes a signal that was said.
    public init(number: Int, signal: Signal, speaker: String? = nil, time: Int64) {
        self.number = number
        self.signal = signal
        self.speaker = speaker.map { String($0.prefix(Signal.longestSpeaker)) }
        self.time = time
    }
}

extension Signal {
    /// The most signals that wait for a run: whoever says one more is refused.
    package static let mostWaiting = 100
    /// The longest name of a speaker, in characters; what is longer is cut off.
    fileprivate static let longestSpeaker = 200

    /// Its kind, a word for programs.
    public var kind: String {
        switch self {
        case .cancel: "cancel"
        case .pause: "pause"
        case .limit: "limit"
        case .unknown(let signal): signal.kind
        }
    }

    /// Whether it asks the run to stop.
    ///
    /// While one waits, a second one of its kind says nothing new.
    package var isStop: Bool {
        switch self {
        case .cancel, .pause: true
        case .limit, .unknown: false
        }
    }
}

extension Signal: Codable {
    private enum CodingKeys: String, CodingKey { case kind, version, limits, instructions }

    /// Reads `kind` and the members that go with it; what is not known, or in a newer version, is ``unknown(_:)``.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let kind = try container.decode(String.self, forKey: .kind)
        let version = try container.decodeIfPresent(Int.self, forKey: .version) ?? 1
        switch version == 1 ? kind : "" {
        case "cancel": self = .cancel
        case "pause": self = .pause
        case "limit":
            self = .limit(
                try container.decodeIfPresent(Limits.self, forKey: .limits) ?? Limits(),
                instructions: try container.decodeIfPresent(Int.self, forKey: .instructions)
            )
        default: self = .unknown(UnknownSignal(kind: kind, json: try AnyJSON(from: decoder).value.jsonText))
        }
    }

    /// Writes the same.
    public func encode(to encoder: any Encoder) throws {
        if case .unknown(let signal) = self {
            return try AnyJSON(JSONValue(parsing: signal.json)).encode(to: encoder)
        }
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        guard case .limit(let limits, let instructions) = self else { return }
        if limits != Limits() { try container.encode(limits, forKey: .limits) }
        try container.encodeIfPresent(instructions, forKey: .instructions)
    }
}
