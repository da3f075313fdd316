"""PyTorch and Hugging Face transformers on the quickstart's weights, dequantised to f32: the method as published, and activations done better.

  python pytorch.py MODEL_FOLDER THREADS       (torch transformers onnx numpy)
"""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from transformers import LlamaConfig, LlamaForCausalLM


def nibbles(packed):
    return np.stack([packed & 15, packed >> 4], -1).reshape(*packed.shape[:-1], -1).astype(np.float32)


def load(folder):
    settings = json.loads((folder / "config.json").read_text())
    config = LlamaConfig(**{k: v for k, v in settings.items() if not k.startswith("transformers")})
    tensors = {t.name: numpy_helper.to_array(t).copy() for t in onnx.load(folder / "onnx" / "model_q4.onnx").graph.initializer}

    def weight(name):
        values, scale = nibbles(tensors[f"{name}.MatMul.weight_Q4G32"]), tensors[f"{name}.MatMul.weight_scale"]
        zero = nibbles(tensors[f"{name}.MatMul.weight_zp"])[:, : scale.shape[1]]
        return torch.from_numpy(((values - zero[..., None]) * scale[..., None]).reshape(len(values), -1))

    head, last = weight("lm_head"), tensors[f"model.layers.{config.num_hidden_layers}.final_norm_layernorm.weight"]
    state = {"model.embed_tokens.weight": head, "lm_head.weight": head, "model.norm.weight": torch.from_numpy(last)}
    kv = config.num_key_value_heads * config.head_dim
    for layer in (f"model.layers.{i}" for i in range(config.num_hidden_layers)):
        qkv = weight(f"{layer}.attn.qkv_proj").split([config.num_attention_heads * config.head_dim, kv, kv])
        state |= {f"{layer}.self_attn.{name}_proj.weight": part for name, part in zip("qkv", qkv)}
        state[f"{layer}.self_attn.o_proj.weight"] = weight(f"{layer}.attn.o_proj")
        state |= {f"{layer}.mlp.{name}.weight": weight(f"{layer}.mlp.{name}") for name in ("gate_proj", "up_proj", "down_proj")}
        for name in ("input_layernorm", "post_attention_layernorm"):
            state[f"{layer}.{name}.weight"] = torch.from_numpy(tensors[f"{layer}.{name}.weight"])
    model = LlamaForCausalLM(config)
    model.load_state_dict({k: v.contiguous() for k, v in state.items()})
    return model.eval()


def by_length(ids):
    return sorted(range(len(ids)), key=lambda i: -len(ids[i]))


def left_padded(rows):
    n = max(map(len, rows))
    return {
        "input_ids": torch.tensor([[0] * (n - len(row)) + row for row in rows]),
        "attention_mask": torch.tensor([[0] * (n - len(row)) + [1] * len(row) for row in rows]),
    }


@torch.no_grad()
def activations(model, method, ids, layers, batch):
    order = by_length(ids) if method == "truncated" else range(len(ids))
    net, norms = model, [0.0] * len(ids)
    taken = []
    if method == "truncated":  # the body alone, without lm_head, up to the last layer asked for
        whole, net = model.model.layers, model.model
        net.layers, norm, net.norm = whole[: max(layers)], net.norm, torch.nn.Identity()
    for start in range(0, len(ids), batch):
        rows = order[start : start + batch]
        hidden = net(**left_padded([ids[i] for i in rows]), output_hidden_states=True, use_cache=False).hidden_states
        taken.append(torch.stack([hidden[layer][:, -1] for layer in layers], 1))
        for i, value in zip(rows, taken[-1][:, -1].norm(dim=-1).tolist()):
            norms[i] = value
    if method == "truncated":
        net.layers, net.norm = whole, norm
    return {"numbers": norms}


@torch.no_grad()
def replies(model, ids, new_tokens, batch):
    out, order = [None] * len(ids), by_length(ids)
    for start in range(0, len(ids), batch):
        rows = order[start : start + batch]
        inputs = left_padded([ids[i] for i in rows])
        made = model.generate(**inputs, max_new_tokens=new_tokens, do_sample=False, pad_token_id=model.config.eos_token_id)
        for i, row in zip(rows, made[:, inputs["input_ids"].shape[1] :].tolist()):
            out[i] = row[: row.index(model.config.eos_token_id)] if model.config.eos_token_id in row else row
    return {"tokens": out}


def solve(file, d, benign, refused, ratio, ridge):
    """Null space by a full SVD, steering matrix by a d x d regression with a pseudo-inverse: as published."""
    H = torch.from_numpy(np.fromfile(file, np.float32)).reshape(-1, d).double()
    Hb, Hm = H[:benign], H[benign:]
    r = Hm[:refused].mean(0) - Hm[refused:].mean(0)
    _, _, Vt = torch.linalg.svd(Hb.T @ Hb)
    Q = Vt[d - int(d * ratio) :].T
    P = Q @ Q.T
    X = Hm @ P
    M = P @ torch.linalg.pinv(X.T @ X + ridge * P.T @ P) @ X.T @ r.expand(len(Hm), -1)
    return {"numbers": (M @ r / (r @ r)).tolist()}


def processor():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


torch.set_num_threads(int(sys.argv[2]))
model = load(Path(sys.argv[1]))
print("ready", flush=True)
for line in sys.stdin:
    task = json.loads(line)
    start, before = time.perf_counter(), processor()
    if task["task"] == "activations":
        answer = activations(model, task["method"], task["ids"], task["layers"], task["batch"])
    elif task["task"] == "replies":
        answer = replies(model, task["ids"], task["newTokens"], task["batch"])
    else:
        answer = solve(*(task[name] for name in ("file", "d", "benign", "refused", "ratio", "ridge")))
    print(json.dumps({"seconds": time.perf_counter() - start, "processor": processor() - before, **answer}), flush=True)
